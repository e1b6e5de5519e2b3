# censo_embed(LIBRARY FOLDER NAMESPACE FUNCTION): every file below FOLDER becomes a row of
#   std::span<const base::EmbeddedFile> NAMESPACE::FUNCTION();
function(censo_embed library folder namespace function)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.sql ${CMAKE_SOURCE_DIR}/${folder}/*.yaml
    ${CMAKE_SOURCE_DIR}/${folder}/*.json)
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
