# The Debian package, made by cpack in the folder of a release build; scripts/package does all of it.

set(TRUNKD_MAINTAINER "The trunkd authors <maintainers@trunkd.invalid>" CACHE STRING
    "Who is named as the maintainer of the package")

# Libraries differ from release to release, and so do the packages: the newer release's is the newer.
set(release 1)
if(EXISTS /etc/os-release)
  file(STRINGS /etc/os-release debian REGEX "^VERSION_ID=")
  if(debian MATCHES "([0-9.]+)")
    set(release 1~deb${CMAKE_MATCH_1})
  endif()
endif()
set(TRUNKD_DEB_VERSION ${PROJECT_VERSION}-${release})

set(packaging ${CMAKE_BINARY_DIR}/packaging)
execute_process(COMMAND date -u -R -d "${TRUNKD_DATE}" OUTPUT_VARIABLE TRUNKD_DEB_DATE
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
configure_file(cmake/debian/changelog.in ${packaging}/changelog.Debian @ONLY)
configure_file(docs/CHANGELOG.md ${packaging}/changelog COPYONLY)
foreach(file changelog changelog.Debian)
  execute_process(COMMAND ${GZIP} -9nkf ${packaging}/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()

install(FILES ${packaging}/changelog.gz ${packaging}/changelog.Debian.gz cmake/debian/copyright
        DESTINATION share/doc/trunkd COMPONENT system EXCLUDE_FROM_ALL)
cmake_path(IS_PREFIX CMAKE_SOURCE_DIR "${MbedTLS_DIR}" is_own_mbedtls)
if(is_own_mbedtls)  # what the overrides are about
  install(FILES cmake/debian/lintian-overrides DESTINATION share/lintian/overrides RENAME trunkd
          COMPONENT system EXCLUDE_FROM_ALL)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};trunkd;ALL;/"
                                 "${CMAKE_BINARY_DIR};trunkd;system;/")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT ${TRUNKD_MAINTAINER})
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "pool of outbound HTTP connections for all local programs")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Any HTTP client on the machine speaks plain HTTP/1.1 to localhost; trunkd\n\
sends each request over one of a few kept-alive HTTP or HTTPS connections\n\
that all clients and processes share.\n\
.\n\
A named session in a YAML file says where requests go, over how many\n\
connections, with which credentials, cookies and headers, how fast, and what\n\
is tried again.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE ${release})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(file conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/cmake/debian/${file})
endforeach()
include(CPack)
