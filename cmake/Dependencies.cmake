# Every third-party library, found and named once. Nothing is downloaded here: scripts/setup installs
# what is missing with apt and puts the few libraries that Debian 12 has too old into .deps/.

find_package(PkgConfig REQUIRED)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

list(PREPEND CMAKE_PREFIX_PATH ${CMAKE_SOURCE_DIR}/.deps)

function(trunkd_missing what package)
  message(FATAL_ERROR "${what} was not found. On Debian, run scripts/setup; elsewhere install ${package}.")
endfunction()

pkg_check_modules(LIBUV IMPORTED_TARGET libuv>=1.44)
if(NOT LIBUV_FOUND)
  trunkd_missing("libuv (1.44 or newer)" "libuv with its headers")
endif()

pkg_check_modules(IDN2 IMPORTED_TARGET libidn2>=2.0)
if(NOT IDN2_FOUND)
  trunkd_missing("libidn2" "libidn2 with its headers")
endif()

pkg_check_modules(PSL IMPORTED_TARGET libpsl>=0.20)
if(NOT PSL_FOUND)
  trunkd_missing("libpsl" "libpsl with its headers")
endif()

find_package(MbedTLS 3.6 CONFIG QUIET)
if(NOT MbedTLS_FOUND)
  trunkd_missing("mbedTLS (3.6 or newer)" "mbedtls with its headers")
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

foreach(library CLI11 nlohmann_json fmt spdlog tl-expected)
  find_package(${library} CONFIG QUIET)
  if(NOT ${library}_FOUND)
    trunkd_missing("${library}" "${library} with its headers")
  endif()
endforeach()

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
