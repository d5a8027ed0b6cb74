# embed_files(OUT.c FOLDER/NAME PATTERN...): files as byte arrays behind a table of what FOLDER/NAME.h
# declares: struct NAME without its last letter, NAME_table[]; see mcu/api/web_assets.h.
# Names get EMBED_PREFIX in front.
function(embed_files out header)
    list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE patterns)
    file(GLOB files CONFIGURE_DEPENDS ${patterns})
    list(FILTER files EXCLUDE REGEX "README\\.md$")
    list(JOIN files "," joined)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DHEADER=${header} "-DFILES=${joined}"
                -DPREFIX=${EMBED_PREFIX}
                -P ${PROJECT_SOURCE_DIR}/.cmake/embed_script.cmake
        DEPENDS ${files} ${PROJECT_SOURCE_DIR}/.cmake/embed_script.cmake
        VERBATIM)
endfunction()
