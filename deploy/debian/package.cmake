# What `cpack -G DEB` puts into the Debian package. `deploy/package` runs it.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(debian ${CMAKE_SOURCE_DIR}/deploy/debian)
set(made ${CMAKE_BINARY_DIR}/debian)
file(MAKE_DIRECTORY ${made})

add_custom_command(OUTPUT ${made}/breakwater.1.gz
  COMMAND ${Python3_EXECUTABLE} ${debian}/man.py $<TARGET_FILE:breakwater> ${made}/breakwater.1.gz
  DEPENDS breakwater ${debian}/man.py VERBATIM)
add_custom_command(OUTPUT ${made}/changelog.gz
  COMMAND gzip -9nc ${debian}/changelog > ${made}/changelog.gz DEPENDS ${debian}/changelog VERBATIM)
add_custom_target(package_documents DEPENDS ${made}/breakwater.1.gz ${made}/changelog.gz)

# The sample is read from the tree; the package brings the lists elsewhere.
file(READ deploy/sample/policy.toml policy)
string(REPLACE "../../categories/" "/usr/share/breakwater/" policy "${policy}")
file(CONFIGURE OUTPUT ${made}/policy.toml CONTENT "${policy}" @ONLY)

install(TARGETS breakwater RUNTIME DESTINATION bin)
install(FILES ${made}/breakwater.1.gz DESTINATION share/man/man1)
install(FILES ${debian}/copyright ${made}/changelog.gz deploy/README.md deploy/settings.md deploy/safeguarding-keys.md
        DESTINATION share/doc/breakwater)
install(FILES ${debian}/breakwater.bash RENAME breakwater DESTINATION share/bash-completion/completions)
install(FILES deploy/systemd/breakwater.service deploy/systemd/breakwater.socket DESTINATION /lib/systemd/system)
install(DIRECTORY deploy/nftables deploy/dns DESTINATION share/doc/breakwater)
install(FILES deploy/systemd/interception.conf deploy/systemd/low-ports.conf deploy/systemd/breakwater-tproxy.service DESTINATION share/doc/breakwater/examples)
install(FILES deploy/grafana/breakwater.json deploy/prometheus/breakwater.rules.yml DESTINATION share/doc/breakwater/examples)
install(FILES ${debian}/breakwater.sysusers RENAME breakwater.conf DESTINATION lib/sysusers.d)
install(FILES ${made}/policy.toml deploy/sample/breakwater.toml deploy/sample/acceptable-use.en.txt deploy/sample/acceptable-use.cy.txt
        DESTINATION /etc/breakwater)
install(DIRECTORY deploy/sample/lists DESTINATION /etc/breakwater)
install(DIRECTORY categories/lists categories/exceptions DESTINATION share/breakwater)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME breakwater)
set(CPACK_PACKAGE_VENDOR "Breakwater")
set(CPACK_PACKAGE_CONTACT "Breakwater <breakwater@example.org>")
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # for what is installed outside of the prefix
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata, ca-certificates, publicsuffix, fonts-noto-core, systemd")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "nftables, chrony | systemd-timesyncd")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "filtering web gateway of a training centre's Wi-Fi
An explicit and transparent forward proxy that decides for every HTTP request
and every HTTPS connection (by its server name, nothing is decrypted) who may
go where at this moment, and keeps attempts in concern categories as evidence
for the safeguarding lead.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
