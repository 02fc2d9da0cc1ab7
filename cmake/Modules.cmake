# How a module of lib/ is built: one static library, with exactly the links its CMakeLists.txt names.

add_library(trunkd_options INTERFACE)
target_include_directories(trunkd_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
target_compile_options(trunkd_options INTERFACE -Wall -Wextra -Wshadow -Wconversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms inside std::string as soon as g++ 12 optimises (its bugs 105651 and 105562).
  target_compile_options(trunkd_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(TRUNKD_WERROR)
  target_compile_options(trunkd_options INTERFACE -Werror)
endif()
if(TRUNKD_SANITIZE)
  target_compile_options(trunkd_options INTERFACE -fsanitize=${TRUNKD_SANITIZE} -fno-sanitize-recover=all
                                                 -fno-omit-frame-pointer)
  target_link_options(trunkd_options INTERFACE -fsanitize=${TRUNKD_SANITIZE})
endif()
if(TRUNKD_FUZZ)  # every module tells the fuzzer which of its branches were taken
  target_compile_options(trunkd_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(trunkd_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A release holds only the functions that somebody calls: what is not there takes no memory.
target_compile_options(trunkd_options INTERFACE $<$<CONFIG:Release>:-ffunction-sections>
                                                $<$<CONFIG:Release>:-fdata-sections>)
target_link_options(trunkd_options INTERFACE $<$<CONFIG:Release>:-Wl,--gc-sections>)

# And it is hardened as Debian hardens its packages, so that there is one build for both. All symbols
# are bound at the start then, so calls need no PLT; that pays for a part of what the checks cost.
target_compile_options(trunkd_options INTERFACE
                       $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>
                       $<$<CONFIG:Release>:-fstack-protector-strong> $<$<CONFIG:Release>:-fno-plt>)
target_link_options(trunkd_options INTERFACE $<$<CONFIG:Release>:LINKER:-z,relro,-z,now>)

# No object names the folder it was built in: a build elsewhere makes the same one, and takes it from
# the cache where ccache is installed.
target_compile_options(trunkd_options INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
                                  CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

# For a module with nothing that is run for each request: a third of the time to compile it. (The
# others keep small objects, too: in a big one, the compiler stops inlining early.)
function(trunkd_seldom_run target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 32)
endfunction()

# trunkd_module(NAME [SELDOM_RUN] SOURCES a.cc b.cc [LINKS other modules]
#               [LIBRARIES third-party targets, private])
function(trunkd_module name)
  cmake_parse_arguments(M "SELDOM_RUN" "" "SOURCES;LINKS;LIBRARIES" ${ARGN})
  add_library(trunkd_${name} STATIC ${M_SOURCES})
  target_link_libraries(trunkd_${name} PUBLIC trunkd_options)
  foreach(link ${M_LINKS})
    target_link_libraries(trunkd_${name} PUBLIC trunkd_${link})
  endforeach()
  target_link_libraries(trunkd_${name} PRIVATE ${M_LIBRARIES})
  if(M_SELDOM_RUN)
    trunkd_seldom_run(trunkd_${name})
  endif()
endfunction()

# trunkd_test(NAME SOURCES a_test.cc [LINKS modules] [LIBRARIES targets]): one GoogleTest program,
# one ctest entry.
function(trunkd_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LINKS;LIBRARIES" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  set_target_properties(${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 32)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  foreach(link ${T_LINKS})
    target_link_libraries(${name} PRIVATE trunkd_${link})
  endforeach()
  target_link_libraries(${name} PRIVATE ${T_LIBRARIES} GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
