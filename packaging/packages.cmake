# What is installed where, and the packages: deb and rpm of censo-agent, censo-collector and censo (./dev package).
include(GNUInstallDirs)

set(units lib/systemd/system)
set(sysusers lib/sysusers.d)
set(completions share/bash-completion/completions)

set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # a package of one program needs no other

find_program(HELP2MAN help2man)
# A page from what the program says of itself.
function(censo_man_page program section)
  if(NOT HELP2MAN)
    return()
  endif()
  set(page ${CMAKE_BINARY_DIR}/man/${program}.${section})
  add_custom_command(OUTPUT ${page}.gz
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/man
    COMMAND ${HELP2MAN} --no-info --section=${section} --help-option=--help-all --manual=Censo --output=${page} $<TARGET_FILE:${program}>
    COMMAND gzip -9nf ${page}
    DEPENDS ${program} VERBATIM)
  add_custom_target(${program}-man DEPENDS ${page}.gz)
  list(APPEND man_targets ${program}-man)
  set(man_targets ${man_targets} PARENT_SCOPE)
  install(FILES ${page}.gz DESTINATION share/man/man${section} COMPONENT ${program} OPTIONAL)
endfunction()

function(censo_install program section)
  install(TARGETS ${program} RUNTIME DESTINATION bin COMPONENT ${program})
  install(FILES packaging/completion/censo.bash DESTINATION ${completions} RENAME ${program} COMPONENT ${program})
  install(FILES LICENSE DESTINATION share/doc/${program} RENAME copyright COMPONENT ${program})
  install(FILES CHANGELOG.md ${ARGN} DESTINATION share/doc/${program} COMPONENT ${program})
  censo_man_page(${program} ${section})
  set(man_targets ${man_targets} PARENT_SCOPE)
endfunction()

censo_install(censo-agent 8 docs/agent.md)
install(FILES packaging/systemd/censo-agent.service DESTINATION ${units} COMPONENT censo-agent)
install(FILES packaging/systemd/censo-agent.sysusers DESTINATION ${sysusers} RENAME censo-agent.conf COMPONENT censo-agent)
install(FILES packaging/agent/agent.yaml DESTINATION /etc/censo-agent COMPONENT censo-agent)
install(DIRECTORY DESTINATION /etc/censo-agent/conf.d COMPONENT censo-agent)

censo_install(censo-collector 8 docs/operations.md docs/scale.md)
install(FILES packaging/systemd/censo-collector.service DESTINATION ${units} COMPONENT censo-collector)
install(FILES packaging/systemd/censo-probe.service DESTINATION ${units} COMPONENT censo-collector)
install(FILES packaging/systemd/censo-collector.sysusers DESTINATION ${sysusers} RENAME censo-collector.conf COMPONENT censo-collector)
install(FILES packaging/collector/collector.yaml DESTINATION /etc/censo COMPONENT censo-collector)
install(DIRECTORY DESTINATION /etc/censo/conf.d COMPONENT censo-collector)
install(DIRECTORY DESTINATION share/censo/agents COMPONENT censo-collector)

censo_install(censo 1 docs/cli.md)
add_custom_target(man DEPENDS ${man_targets})

set(CPACK_GENERATOR DEB RPM)
set(CPACK_PACKAGE_VENDOR "The Censo project")
set(CPACK_PACKAGE_CONTACT "The Censo project <censo@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "CMDB, agents, discovery and service desk")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL censo-agent censo-collector censo)
if(DEFINED CENSO_PACKAGES)
  set(CPACK_COMPONENTS_ALL ${CENSO_PACKAGES})
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_RPM_PACKAGE_LICENSE "see /usr/share/doc")
set(CPACK_RPM_PACKAGE_AUTOREQ ON)

# censo_package(COMPONENT FOLDER CONFIGURATION SUMMARY): FOLDER has the scripts; both package managers run the same ones.
function(censo_package component folder configuration summary)
  string(TOUPPER ${component} upper)
  set(scripts ${CMAKE_SOURCE_DIR}/packaging/${folder})
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${component} PARENT_SCOPE)
  set(CPACK_RPM_${upper}_PACKAGE_NAME ${component} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}" PARENT_SCOPE)
  set(CPACK_RPM_${upper}_PACKAGE_SUMMARY "${summary}" PARENT_SCOPE)
  if(NOT folder)
    return()
  endif()
  file(WRITE ${CMAKE_BINARY_DIR}/packaging/${folder}/conffiles "${configuration}\n")
  set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${scripts}/postinst;${scripts}/prerm;${scripts}/postrm;${CMAKE_BINARY_DIR}/packaging/${folder}/conffiles"
    PARENT_SCOPE)
  set(CPACK_RPM_${upper}_POST_INSTALL_SCRIPT_FILE ${scripts}/postinst PARENT_SCOPE)
  set(CPACK_RPM_${upper}_PRE_UNINSTALL_SCRIPT_FILE ${scripts}/prerm PARENT_SCOPE)
  set(CPACK_RPM_${upper}_POST_UNINSTALL_SCRIPT_FILE ${scripts}/postrm PARENT_SCOPE)
  set(CPACK_RPM_${upper}_USER_FILELIST "%config(noreplace) ${configuration}" PARENT_SCOPE)
endfunction()

censo_package(censo-agent agent /etc/censo-agent/agent.yaml "Inventory of this machine for a Censo collector")
censo_package(censo-collector collector /etc/censo/collector.yaml "CMDB, discovery and service desk: the server")
censo_package(censo "" "" "The command line of Censo")
set(CPACK_DEBIAN_CENSO-COLLECTOR_PACKAGE_DEPENDS tzdata)  # zones of calendars
set(CPACK_RPM_CENSO-COLLECTOR_PACKAGE_REQUIRES tzdata)
include(CPack)
