#include "viewer/raster/drawn_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#if IMGUI_VERSION_NUM >= 19200
#include <imgui_internal.h>
#endif

namespace uptrail::viewer {

namespace {

struct Known {
  unsigned code = 0;
  float x0 = 0, y0 = 0, height = 1;  // of the ink, in the font's own size
  float size = 0;
};
using Corners = std::array<float, 4>;  // in the atlas
using KnownGlyphs = std::map<Corners, Known>;

template <class Glyphs>
void add_glyphs(const Glyphs& glyphs, float size, KnownGlyphs& out) {
  for (const ImFontGlyph& g : glyphs) {
    if (g.Visible == 0 || g.Y1 <= g.Y0) continue;
    out.emplace(Corners{g.U0, g.V0, g.U1, g.V1}, Known{g.Codepoint, g.X0, g.Y0, g.Y1 - g.Y0, size});
  }
}

KnownGlyphs known_glyphs(const ImFontAtlas& atlas) {
  KnownGlyphs out;
#if IMGUI_VERSION_NUM >= 19200
  auto& pool = atlas.Builder->BakedPool;
  for (int i = 0; i < pool.Size; ++i) add_glyphs(pool[i].Glyphs, pool[i].Size, out);
#else
  for (const ImFont* font : atlas.Fonts) add_glyphs(font->Glyphs, font->FontSize, out);
#endif
  return out;
}

bool goes_on(const DrawnGlyph& before, const DrawnGlyph& g) {
  if (std::abs(before.size - g.size) > 0.01F) return false;
  const float down = g.pen.y - before.pen.y;
  if (std::abs(down) < 0.5F) return g.min.x > before.min.x - 1 && g.pen.x - before.max.x < g.size;
  return down > g.size * 0.9F && down < g.size * 1.7F && g.pen.x < before.pen.x;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | code >> 6U);
    out += static_cast<char>(0x80U | (code & 63U));
  } else {
    out += static_cast<char>(0xE0U | code >> 12U);
    out += static_cast<char>(0x80U | (code >> 6U & 63U));
    out += static_cast<char>(0x80U | (code & 63U));
  }
}

// Unicode of a text, without blanks. Bad bytes are taken as they are.
std::vector<unsigned> inked(std::string_view text) {
  std::vector<unsigned> out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : lead >= 0xC0U ? 2 : 1;
    unsigned code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
      code = code << 6U | (static_cast<unsigned char>(text[i + k]) & 63U);
    }
    i += length;
    if (code != ' ' && code != 0xA0U && code != '\n' && code != '\t') out.push_back(code);
  }
  return out;
}

}  // namespace

std::vector<DrawnGlyph> drawn_glyphs(const ImDrawData& data, const ImFontAtlas& atlas) {
  const KnownGlyphs known = known_glyphs(atlas);
  std::vector<DrawnGlyph> out;
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
      const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset;
      for (unsigned i = 0; i + 5 < command.ElemCount; i += 3) {
        const ImDrawVert& a = vertices[index[i]];
        const ImDrawVert& c = vertices[index[i + 2]];
        if (index[i] != index[i + 3] || index[i + 2] != index[i + 4]) continue;  // no rectangle
        const auto at = known.find(Corners{a.uv.x, a.uv.y, c.uv.x, c.uv.y});
        if (at == known.end()) continue;
        i += 3;
        const ImVec2 middle((a.pos.x + c.pos.x) / 2, (a.pos.y + c.pos.y) / 2);
        const ImVec4& clip = command.ClipRect;
        if (middle.x < clip.x || middle.x >= clip.z || middle.y < clip.y || middle.y >= clip.w) continue;
        const Known& k = at->second;
        const float scale = (c.pos.y - a.pos.y) / k.height;
        DrawnGlyph glyph{k.code, {a.pos.x - k.x0 * scale, a.pos.y - k.y0 * scale}, k.size * scale, a.pos, c.pos, false};
        glyph.follows = !out.empty() && goes_on(out.back(), glyph);
        out.push_back(glyph);
      }
    }
  }
  return out;
}

std::optional<DrawnPlace> find_drawn(const std::vector<DrawnGlyph>& glyphs, std::string_view text) {
  const std::vector<unsigned> wanted = inked(text);
  if (wanted.empty()) return std::nullopt;
  for (std::size_t from = 0; from + wanted.size() <= glyphs.size(); ++from) {
    std::size_t n = 0;
    while (n < wanted.size() && glyphs[from + n].code == wanted[n] && (n == 0 || glyphs[from + n].follows)) ++n;
    if (n < wanted.size()) continue;
    const DrawnGlyph& first = glyphs[from];
    DrawnPlace place{first.pen, {first.max.x, first.pen.y + first.size}};
    for (std::size_t i = 1; i < n && std::abs(glyphs[from + i].pen.y - first.pen.y) < 0.5F; ++i) {
      place.max.x = std::max(place.max.x, glyphs[from + i].max.x);
    }
    return place;
  }
  return std::nullopt;
}

std::string drawn_text(const std::vector<DrawnGlyph>& glyphs) {
  std::string out;
  for (std::size_t i = 0; i < glyphs.size(); ++i) {
    const DrawnGlyph& g = glyphs[i];
    if (i > 0 && (!g.follows || g.pen.x < glyphs[i - 1].pen.x)) {
      out += g.follows ? ' ' : '\n';
    } else if (i > 0 && g.min.x - glyphs[i - 1].max.x > g.size * 0.2F) {
      out += ' ';
    }
    append_utf8(out, g.code);
  }
  return out + (glyphs.empty() ? "" : "\n");
}

}  // namespace uptrail::viewer
