# trunkd_integration_test(FOLDER NAME [LABELS ...] [TIMEOUT seconds]): runs NAME_test.py against the
# daemon that was built. Debian's Python, because requests and aiohttp are Debian's packages.
function(trunkd_integration_test folder name)
  cmake_parse_arguments(T "" "TIMEOUT" "LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 180)
  endif()
  if(TRUNKD_SANITIZE)
    set(build sanitized)
  elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(build release)
  else()
    set(build debug)
  endif()
  add_test(NAME ${folder}.${name}
           COMMAND /usr/bin/python3 -B -m ${folder}.${name}_test $<TARGET_FILE:trunkd>
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/..)
  set_tests_properties(${folder}.${name} PROPERTIES
                       ENVIRONMENT "TRUNKD_TEST_BUILD=${build}"
                       LABELS "integration;${T_LABELS}"
                       SKIP_RETURN_CODE 77
                       TIMEOUT ${T_TIMEOUT})
endfunction()
