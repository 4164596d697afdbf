#include "proxy/commands/commands.h"

int main(int argc, char** argv) {
  return breakwater::commands::run(argc, argv);
}
