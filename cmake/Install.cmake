# What is installed. The component "system" is for a package only: its places do not depend on the
# prefix, since trunkd reads /etc/trunkd wherever it is installed.

install(TARGETS trunkd RUNTIME DESTINATION bin COMPONENT program)

# The program prints its own manual pages, completions and schema.
find_program(GZIP gzip REQUIRED)
set(documents ${CMAKE_BINARY_DIR}/documents)
file(MAKE_DIRECTORY ${documents})
function(trunkd_prints file)  # trunkd_prints(FILE arguments of trunkd...)
  add_custom_command(OUTPUT ${documents}/${file}
                     COMMAND trunkd ${ARGN} > ${documents}/${file}
                     DEPENDS trunkd VERBATIM)
endfunction()
trunkd_prints(trunkd.8 man 8)
trunkd_prints(trunkd.yaml.5 man 5)
trunkd_prints(trunkd.bash completion bash)
trunkd_prints(_trunkd completion zsh)
trunkd_prints(trunkd.fish completion fish)
trunkd_prints(trunkd.schema.json schema)
foreach(page trunkd.8 trunkd.yaml.5)
  add_custom_command(OUTPUT ${documents}/${page}.gz
                     COMMAND ${GZIP} -9nkf ${documents}/${page}
                     DEPENDS ${documents}/${page} VERBATIM)
endforeach()
add_custom_target(documents ALL
                  DEPENDS ${documents}/trunkd.8.gz ${documents}/trunkd.yaml.5.gz ${documents}/trunkd.bash
                          ${documents}/_trunkd ${documents}/trunkd.fish ${documents}/trunkd.schema.json)

install(FILES ${documents}/trunkd.8.gz DESTINATION share/man/man8)
install(FILES ${documents}/trunkd.yaml.5.gz DESTINATION share/man/man5)
install(FILES ${documents}/trunkd.bash DESTINATION share/bash-completion/completions RENAME trunkd)
install(FILES ${documents}/_trunkd DESTINATION share/zsh/vendor-completions)
install(FILES ${documents}/trunkd.fish DESTINATION share/fish/vendor_completions.d)
install(FILES ${documents}/trunkd.schema.json DESTINATION share/trunkd)
install(FILES README.md DESTINATION share/doc/trunkd)
install(FILES lib/admin/openapi.json DESTINATION share/doc/trunkd/lib/admin)  # where docs/admin.md looks
install(DIRECTORY docs config DESTINATION share/doc/trunkd
        FILES_MATCHING PATTERN "*.md" PATTERN "*.yaml" PATTERN "*.yml" PATTERN "*.json" PATTERN "*.test.yml" EXCLUDE)

# The first configuration: valid, and without a session of anybody's; config/minimal.yaml is in it as
# a comment.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS config/minimal.yaml)
file(READ config/minimal.yaml TRUNKD_EXAMPLE_SESSION)
string(REGEX REPLACE "\n+$" "" TRUNKD_EXAMPLE_SESSION "${TRUNKD_EXAMPLE_SESSION}")
string(REGEX REPLACE "\n" "\n#" TRUNKD_EXAMPLE_SESSION "${TRUNKD_EXAMPLE_SESSION}")
configure_file(config/installed.yaml.in ${documents}/trunkd.yaml @ONLY)
install(FILES ${documents}/trunkd.yaml DESTINATION /etc/trunkd COMPONENT system EXCLUDE_FROM_ALL)
install(DIRECTORY DESTINATION /etc/trunkd/conf.d COMPONENT system EXCLUDE_FROM_ALL)
install(FILES systemd/trunkd.service systemd/trunkd.socket
        DESTINATION /usr/lib/systemd/system COMPONENT system EXCLUDE_FROM_ALL)
install(FILES systemd/trunkd.sysusers DESTINATION /usr/lib/sysusers.d RENAME trunkd.conf
        COMPONENT system EXCLUDE_FROM_ALL)
