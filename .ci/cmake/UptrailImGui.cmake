# Dear ImGui 1.86 or newer: -DIMGUI_SOURCE_DIR=<source tree>, else the distribution's package.
#   uptrail_imgui           core only: no window, no GL
#   uptrail_imgui_backends  the GLFW and OpenGL 3 backends with what they need; for viewer/app alone
set(IMGUI_SOURCE_DIR "" CACHE PATH "Dear ImGui source tree to build instead of the installed package")
find_package(glfw3 3.3 REQUIRED)
set(OpenGL_GL_PREFERENCE GLVND)
find_package(OpenGL REQUIRED)

if(IMGUI_SOURCE_DIR)
  if(NOT EXISTS "${IMGUI_SOURCE_DIR}/imgui.cpp")
    message(FATAL_ERROR "IMGUI_SOURCE_DIR=${IMGUI_SOURCE_DIR} holds no imgui.cpp")
  endif()
  message(STATUS "Dear ImGui: built from ${IMGUI_SOURCE_DIR}")
  add_library(uptrail_imgui STATIC
    "${IMGUI_SOURCE_DIR}/imgui.cpp" "${IMGUI_SOURCE_DIR}/imgui_draw.cpp" "${IMGUI_SOURCE_DIR}/imgui_tables.cpp"
    "${IMGUI_SOURCE_DIR}/imgui_widgets.cpp")
  target_include_directories(uptrail_imgui SYSTEM PUBLIC "${IMGUI_SOURCE_DIR}")
  if(NOT EXISTS "${IMGUI_SOURCE_DIR}/imstb_truetype.h")  # distributions strip the bundled stb
    pkg_check_modules(STB REQUIRED IMPORTED_TARGET stb)
    target_link_libraries(uptrail_imgui PUBLIC PkgConfig::STB)
  endif()
  add_library(uptrail_imgui_backends STATIC
    "${IMGUI_SOURCE_DIR}/backends/imgui_impl_glfw.cpp" "${IMGUI_SOURCE_DIR}/backends/imgui_impl_opengl3.cpp")
  target_link_libraries(uptrail_imgui_backends PUBLIC uptrail_imgui glfw OpenGL::GL ${CMAKE_DL_LIBS})
  foreach(target uptrail_imgui uptrail_imgui_backends)
    target_compile_definitions(${target} PUBLIC IMGUI_DISABLE_OBSOLETE_KEYIO)
    if(UPTRAIL_SANITIZE)
      target_compile_options(${target} PRIVATE -fsanitize=${UPTRAIL_SANITIZE} -fno-omit-frame-pointer)
    endif()
  endforeach()
else()
  pkg_check_modules(IMGUI IMPORTED_TARGET imgui>=1.86)
  if(NOT IMGUI_FOUND)
    message(FATAL_ERROR "Dear ImGui 1.86 or newer was not found. Debian and Ubuntu: apt-get install libimgui-dev. "
      "Elsewhere: -DIMGUI_SOURCE_DIR=<source tree>. Without the viewer: -DUPTRAIL_VIEWER=OFF")
  endif()
  message(STATUS "Dear ImGui ${IMGUI_VERSION} from pkg-config")
  add_library(uptrail_imgui INTERFACE)
  target_link_libraries(uptrail_imgui INTERFACE PkgConfig::IMGUI)
  add_library(uptrail_imgui_backends INTERFACE)
  target_link_libraries(uptrail_imgui_backends INTERFACE PkgConfig::IMGUI glfw OpenGL::GL ${CMAKE_DL_LIBS})
endif()
