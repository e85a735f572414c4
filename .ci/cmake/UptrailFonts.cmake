# Finds the viewer's faces among the installed fonts and embeds them; fonts are never part of the project's own files.
#   uptrail_fonts(OUT_VARIABLE): a generated .cpp that defines uptrail::embedded::viewer_fonts() with the files
#   sans, sans-semibold, mono, fallback
set(UPTRAIL_FONT_DIRS /usr/share/fonts /usr/local/share/fonts "$ENV{HOME}/.local/share/fonts" "$ENV{HOME}/Library/Fonts" /Library/Fonts)

# First name that exists, in the order of the names.
function(uptrail_find_font variable)
  foreach(name ${ARGN})
    find_file(${variable} NAMES "${name}" PATHS ${UPTRAIL_FONT_DIRS} PATH_SUFFIXES
      opentype/inter truetype/inter truetype/jetbrains-mono opentype/jetbrains-mono truetype/dejavu dejavu
      NO_DEFAULT_PATH DOC "Font file of the viewer")
  endforeach()
endfunction()

function(uptrail_fonts out)
  uptrail_find_font(UPTRAIL_FONT_FALLBACK DejaVuSans.ttf)
  uptrail_find_font(UPTRAIL_FONT_SANS Inter-Regular.otf Inter-Regular.ttf Inter.ttf DejaVuSans.ttf)
  uptrail_find_font(UPTRAIL_FONT_SEMIBOLD Inter-SemiBold.otf Inter-SemiBold.ttf DejaVuSans-Bold.ttf)
  uptrail_find_font(UPTRAIL_FONT_MONO JetBrainsMono-Regular.ttf JetBrainsMono-Regular.otf DejaVuSansMono.ttf)
  set(copies)
  foreach(pair FALLBACK:fallback SANS:sans SEMIBOLD:sans-semibold MONO:mono)
    string(REPLACE ":" ";" pair "${pair}")
    list(GET pair 0 role)
    list(GET pair 1 name)
    if(NOT UPTRAIL_FONT_${role})
      message(FATAL_ERROR "No font for the viewer (${name}). Debian and Ubuntu: apt-get install fonts-inter fonts-jetbrains-mono "
        "fonts-dejavu-core; or set -DUPTRAIL_FONT_${role}=<file.ttf>")
    endif()
    message(STATUS "Viewer font ${name}: ${UPTRAIL_FONT_${role}}")
    configure_file("${UPTRAIL_FONT_${role}}" "${CMAKE_BINARY_DIR}/generated/fonts/${name}" COPYONLY)
    list(APPEND copies "${CMAKE_BINARY_DIR}/generated/fonts/${name}")
  endforeach()
  uptrail_embed(generated viewer_fonts ${copies})
  set(${out} "${generated}" PARENT_SCOPE)
endfunction()
