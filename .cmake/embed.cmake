# embed_files(OUT.c PATTERN...): files as byte arrays behind web_assets_table (mcu/api/web_assets.h).
function(embed_files out)
    list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE patterns)
    file(GLOB files CONFIGURE_DEPENDS ${patterns})
    list(FILTER files EXCLUDE REGEX "README\\.md$")
    list(JOIN files "," joined)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DFILES=${joined}"
                -P ${PROJECT_SOURCE_DIR}/.cmake/embed_script.cmake
        DEPENDS ${files} ${PROJECT_SOURCE_DIR}/.cmake/embed_script.cmake
        VERBATIM)
endfunction()
