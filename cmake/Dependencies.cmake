# Every third-party library, found and named once. Nothing is downloaded here: scripts/setup installs
# what is missing with apt and puts the few libraries that Debian 12 has too old into .deps/.

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

list(PREPEND CMAKE_PREFIX_PATH ${CMAKE_SOURCE_DIR}/.deps)

function(trunkd_missing what package)
  message(FATAL_ERROR "${what} was not found. On Debian, run scripts/setup; elsewhere install ${package}.")
endfunction()

# With TRUNKD_STATIC_LIBRARIES, the archives of these libraries in place of what the target linked.
function(trunkd_prefer_archives target)
  if(NOT TRUNKD_STATIC_LIBRARIES)
    return()
  endif()
  set(archives "")
  foreach(library ${ARGN})
    find_library(${library}_ARCHIVE NAMES lib${library}.a lib${library}_a.a)
    if(NOT ${library}_ARCHIVE)
      message(FATAL_ERROR "lib${library}.a, for TRUNKD_STATIC_LIBRARIES, was not found. On Debian, run "
                          "scripts/setup --image.")
    endif()
    list(APPEND archives ${${library}_ARCHIVE})
  endforeach()
  set_target_properties(${target} PROPERTIES
                        INTERFACE_LINK_LIBRARIES "${archives};Threads::Threads;${CMAKE_DL_LIBS}")
endfunction()

pkg_check_modules(LIBUV IMPORTED_TARGET libuv>=1.44)
if(NOT LIBUV_FOUND)
  trunkd_missing("libuv (1.44 or newer)" "libuv with its headers")
endif()
trunkd_prefer_archives(PkgConfig::LIBUV uv)

pkg_check_modules(IDN2 IMPORTED_TARGET libidn2>=2.0)
if(NOT IDN2_FOUND)
  trunkd_missing("libidn2" "libidn2 with its headers")
endif()
trunkd_prefer_archives(PkgConfig::IDN2 idn2 unistring)

pkg_check_modules(PSL IMPORTED_TARGET libpsl>=0.20)
if(NOT PSL_FOUND)
  trunkd_missing("libpsl" "libpsl with its headers")
endif()
trunkd_prefer_archives(PkgConfig::PSL psl idn2 unistring)

find_package(MbedTLS 3.6 CONFIG QUIET)
if(NOT MbedTLS_FOUND)
  trunkd_missing("mbedTLS (3.6 or newer)" "mbedtls with its headers")
endif()
add_library(mbedtls_lib INTERFACE)
if(TRUNKD_STATIC_LIBRARIES AND TARGET MbedTLS::mbedtls_static)
  target_link_libraries(mbedtls_lib INTERFACE MbedTLS::mbedtls_static MbedTLS::mbedx509_static
                                              MbedTLS::mbedcrypto_static)
else()
  target_link_libraries(mbedtls_lib INTERFACE MbedTLS::mbedtls MbedTLS::mbedx509 MbedTLS::mbedcrypto)
endif()

find_path(LLHTTP_INCLUDE_DIR llhttp.h)
find_library(LLHTTP_LIBRARY NAMES libllhttp.a llhttp)
if(NOT LLHTTP_INCLUDE_DIR OR NOT LLHTTP_LIBRARY)
  trunkd_missing("llhttp (9.2 or newer)" "llhttp with its header")
endif()
file(STRINGS ${LLHTTP_INCLUDE_DIR}/llhttp.h llhttp_version REGEX "#define LLHTTP_VERSION_(MAJOR|MINOR)")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" llhttp_version "${llhttp_version}")
if(llhttp_version VERSION_LESS 9.2)
  trunkd_missing("llhttp 9.2 or newer (found ${llhttp_version})" "a newer llhttp")
endif()
add_library(llhttp_lib UNKNOWN IMPORTED)
set_target_properties(llhttp_lib PROPERTIES IMPORTED_LOCATION ${LLHTTP_LIBRARY}
                                            INTERFACE_INCLUDE_DIRECTORIES ${LLHTTP_INCLUDE_DIR})

find_package(yaml-cpp CONFIG QUIET)
if(NOT yaml-cpp_FOUND)
  trunkd_missing("yaml-cpp" "yaml-cpp with its headers")
endif()
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
add_library(yaml_cpp_lib INTERFACE)
target_include_directories(yaml_cpp_lib SYSTEM INTERFACE
                           $<TARGET_PROPERTY:yaml-cpp::yaml-cpp,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(yaml_cpp_lib INTERFACE yaml-cpp::yaml-cpp)
trunkd_prefer_archives(yaml_cpp_lib yaml-cpp)

foreach(library CLI11 nlohmann_json fmt spdlog tl-expected)
  find_package(${library} CONFIG QUIET)
  if(NOT ${library}_FOUND)
    trunkd_missing("${library}" "${library} with its headers")
  endif()
endforeach()

# These two can also be compiled in; Debian 12's spdlog asks for the shared fmt all the same.
# prometheus-cpp stays shared where it is (Debian has no archive of it), and with it the library of
# C++ itself, which a process must not have twice.
add_library(fmt_lib INTERFACE)
add_library(spdlog_lib INTERFACE)
if(TRUNKD_STATIC_LIBRARIES)
  target_link_libraries(fmt_lib INTERFACE fmt::fmt-header-only)
  target_link_libraries(spdlog_lib INTERFACE spdlog::spdlog_header_only)
else()
  target_link_libraries(fmt_lib INTERFACE fmt::fmt)
  target_link_libraries(spdlog_lib INTERFACE spdlog::spdlog)
endif()

find_package(prometheus-cpp CONFIG QUIET)
if(NOT TARGET prometheus-cpp::core)
  trunkd_missing("prometheus-cpp" "prometheus-cpp with its headers")
endif()

if(BUILD_TESTING)
  find_package(GTest QUIET)
  if(NOT GTest_FOUND)
    trunkd_missing("GoogleTest" "googletest (or configure with -DBUILD_TESTING=OFF)")
  endif()
endif()
