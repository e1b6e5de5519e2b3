# censo_embed(LIBRARY FOLDER NAMESPACE FUNCTION): every file below FOLDER becomes a row of
#   std::span<const base::EmbeddedFile> NAMESPACE::FUNCTION();
function(censo_embed library folder namespace function)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.sql ${CMAKE_SOURCE_DIR}/${folder}/*.yaml
    ${CMAKE_SOURCE_DIR}/${folder}/*.json)
  if(folder STREQUAL "schemas")
    list(FILTER files EXCLUDE REGEX "/schemas/(devices|ports)/")  # the scanner's
  endif()
  set(output ${CMAKE_BINARY_DIR}/generated/${function}.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${CMAKE_SOURCE_DIR}/${folder} -DNAMESPACE=${namespace}
            -DFUNCTION=${function} "-DFILES=${files}" -P ${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake
    VERBATIM)
  get_target_property(type ${library} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    target_sources(${library} PRIVATE ${output})
  endif()
endfunction()

# censo_embed_data(LIBRARY NAME FILE): a table of Debian's libwireshark-data as it is, between the symbols
# censo_NAME_begin and censo_NAME_end.
function(censo_embed_data library name file)
  find_file(CENSO_${name}_FILE ${file} PATHS /usr/share/wireshark NO_DEFAULT_PATH REQUIRED)
  set(output ${CMAKE_BINARY_DIR}/generated/${name}_data.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT "// Made by the build.
__asm__(\".section .rodata\\n.global censo_${name}_begin\\ncenso_${name}_begin:\\n\"
        \".incbin \\\"${CENSO_${name}_FILE}\\\"\\n.global censo_${name}_end\\ncenso_${name}_end:\\n.byte 0\\n.previous\\n\");
")
  set_source_files_properties(${output} PROPERTIES OBJECT_DEPENDS ${CENSO_${name}_FILE})
  target_sources(${library} PRIVATE ${output})
endfunction()
