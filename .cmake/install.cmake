# SPDX-License-Identifier: GPL-2.0-or-later
# What is installed where, and the Debian package: `ninja deb` in a release build.
#
# The service unit names /usr/bin and /etc, so /usr is the prefix; DESTDIR moves it all.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
    set(CMAKE_INSTALL_PREFIX /usr CACHE PATH "Where to install" FORCE)
endif()
# A package needs the programs, not the tests and benchmarks.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(doc share/doc/medley)

find_program(GZIP_PROGRAM gzip REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/install)
install(TARGETS medleyd DESTINATION bin)
set(programs medleyd)
if(TARGET medleyctl)
    install(TARGETS medleyctl DESTINATION bin)
    list(APPEND programs medleyctl medleyctl_help)
    # Both are made of its table of commands.
    add_custom_command(OUTPUT install/medleyctl.bash install/medleyctl.1.gz
        COMMAND medleyctl completion bash > install/medleyctl.bash
        COMMAND ${PROJECT_SOURCE_DIR}/.cmake/manual.sh $<TARGET_FILE:medleyctl> > install/medleyctl.1
        COMMAND ${GZIP_PROGRAM} -9nf install/medleyctl.1
        DEPENDS medleyctl .cmake/manual.sh VERBATIM)
    add_custom_target(medleyctl_help ALL DEPENDS install/medleyctl.bash install/medleyctl.1.gz)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/install/medleyctl.bash
        DESTINATION share/bash-completion/completions RENAME medleyctl)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/install/medleyctl.1.gz DESTINATION share/man/man1)
endif()

# What an operator changes; dpkg keeps his changes (configs/debian/conffiles).
install(FILES configs/debian/medley.yaml DESTINATION /etc/medley)
install(FILES configs/debian/layouts.README DESTINATION /etc/medley/layouts.d RENAME README)

install(FILES configs/systemd/medleyd.service DESTINATION lib/systemd/system)
install(FILES configs/systemd/medley.sysusers DESTINATION lib/sysusers.d RENAME medley.conf)

# To read and to copy from.
install(FILES configs/medley.yaml configs/README.md configs/debian/copyright DESTINATION ${doc})
file(GLOB layouts CONFIGURE_DEPENDS configs/layouts.d/*.yaml)
if(layouts)
    install(FILES ${layouts} DESTINATION share/medley/layouts.d)
endif()
install(DIRECTORY configs/prometheus configs/grafana DESTINATION share/medley)

function(install_zipped file destination name)
    # Without the time stamp, so that two builds are alike.
    set(zipped ${CMAKE_CURRENT_BINARY_DIR}/install/${name}.gz)
    execute_process(COMMAND ${GZIP_PROGRAM} -9nc INPUT_FILE ${PROJECT_SOURCE_DIR}/${file}
        OUTPUT_FILE ${zipped} COMMAND_ERROR_IS_FATAL ANY)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    install(FILES ${zipped} DESTINATION ${destination})
endfunction()
install_zipped(configs/debian/changelog ${doc} changelog)
file(GLOB pages CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} configs/man/*.[1-8])
foreach(page ${pages})
    get_filename_component(name ${page} NAME)
    string(REGEX REPLACE ".*[.]" "" section ${name})
    install_zipped(${page} share/man/man${section} ${name})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME medley)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Medley authors <medley@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON) # for what is outside of /usr
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION comm)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# systemd-sysusers makes the user, kill of procps asks for a reload, names are drawn with a font.
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "init-system-helpers (>= 1.54~), procps, systemd | systemd-sysusers, fonts-dejavu-core | fonts-noto-core")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-noto-color-emoji, fonts-droid-fallback")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, bash-completion")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "mixing conference server for browsers and SIP phones")
set(CPACK_PACKAGE_DESCRIPTION
"Medley is an MCU: everybody in a room sends one stream and receives one
stream. The server composes all pictures into one and mixes all voices,
encodes that once per room and sends it to everyone, so that a desk phone, an
old laptop and a current browser sit in the same room at the cost of one call.
.
It serves a web client (WebRTC: H.264 or VP8, Opus), answers SIP calls, and is
tuned by files that it reads again while rooms go on.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA)
foreach(file conffiles postinst prerm postrm)
    list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/configs/debian/${file})
endforeach()
include(CPack)
add_custom_target(deb
    COMMAND ${CMAKE_CPACK_COMMAND} -G DEB --config ${CMAKE_CURRENT_BINARY_DIR}/CPackConfig.cmake
    DEPENDS ${programs} USES_TERMINAL VERBATIM)
