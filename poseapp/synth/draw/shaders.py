"""GLSL of the renderer. Light is linear; only textures and the finished picture are sRGB."""

# Camera axes to clip space happens in one matrix made in double precision; row 0 of a picture is y = -1.
GEOMETRY_VERTEX = """
#version 330
uniform mat4 to_clip;
in vec3 in_position;
invariant gl_Position;
void main() { gl_Position = to_clip * vec4(in_position, 1.0); }
"""

SHADOW_FRAGMENT = """
#version 330
void main() {}
"""

# Blended with MAX: nearest and farthest surface in one pass, without a depth buffer's rounding.
LAYERS_FRAGMENT = """
#version 330
out vec4 layers;
void main() {
    float z = 1.0 / gl_FragCoord.w;
    layers = vec4(-z, z, 0.0, 1.0);
}
"""

DENSE_VERTEX = """
#version 330
uniform mat4 to_clip;
in vec3 in_position;
in vec4 in_ids;
in vec2 in_body_uv;
flat out float ids;
out vec2 body_uv;
invariant gl_Position;
void main() {
    gl_Position = to_clip * vec4(in_position, 1.0);
    ids = floor(in_ids.x * 255.0 + 0.5) * 256.0 + floor(in_ids.y * 255.0 + 0.5);
    body_uv = in_body_uv;
}
"""

DENSE_FRAGMENT = """
#version 330
flat in float ids;
in vec2 body_uv;
out vec4 dense;
void main() { dense = vec4(1.0 / gl_FragCoord.w, body_uv, ids); }
"""

# Surfaces are kept as two integers a sample: small triangles are the rule, and what is computed for each of
# their fragments costs most; light is computed once a sample, afterwards.
SURFACE_VERTEX = """
#version 330
uniform mat4 to_clip;
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in vec4 in_paint;
out vec3 normal;
out vec2 uv;
flat out vec4 paint;
invariant gl_Position;
void main() {
    gl_Position = to_clip * vec4(in_position, 1.0);
    normal = in_normal;
    uv = vec2(in_uv.x, 1.0 - in_uv.y);
    paint = in_paint;
}
"""

SURFACE_FRAGMENT = """
#version 330
uniform sampler2D picture;
in vec3 normal;
in vec2 uv;
flat in vec4 paint;
out uvec2 surface;
void main() {
    vec3 n = normalize(normal) * (gl_FrontFacing ? 511.0 : -511.0) + 512.5;
    uvec3 a = uvec3(n);
    uvec4 b = uvec4(vec4(texture(picture, uv).rgb * paint.rgb, paint.a) * 255.0 + 0.5);
    surface = uvec2(a.x | (a.y << 10) | (a.z << 20), b.r | (b.g << 8) | (b.b << 16) | (b.a << 24));
}
"""

# Places are lifted off their surface, farther where light grazes it: no acne, and feet keep their shadow.
# The samples of a pixel look at different places of the map; together they make the border soft.
_LIT = """
uniform sampler2DShadow shadow_map;
uniform mat4 to_shadow;
uniform float shadow_texel;
uniform float shadow_step;
uniform float shadow_strength;
float sunlight(vec3 place, vec3 normal, float facing) {
    float grazing = sqrt(max(0.0, 1.0 - facing * facing));
    vec3 at = (to_shadow * vec4(place + normal * shadow_texel * (0.6 + 1.4 * grazing), 1.0)).xyz;
    vec2 border = min(at.xy, 1.0 - at.xy);
    float inside = clamp(min(border.x, border.y) * 16.0, 0.0, 1.0);
    if (inside <= 0.0) return 1.0;
    ivec2 odd = ivec2(gl_FragCoord.xy) & 1;
    vec2 aside = mat2(0.8, 1.6, -1.6, 0.8) * (vec2(odd) - 0.5);
    float sum = texture(shadow_map, vec3(at.xy + shadow_step * aside, at.z));
    return 1.0 - inside * shadow_strength * (1.0 - sum);
}
"""

_SRGB = """
vec3 to_linear(vec3 c) { return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878); }  // to 0.2 %
vec3 to_srgb(vec3 c) {
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(vec3(0.0031308), c));
}
"""

# How much of the sky nearby surfaces leave over a place (after McGuire et al., "The Alchemy screen-space
# ambient obscurance algorithm", 2011); four neighbouring pixels look in different directions and share.
_OPEN = """
uniform sampler2D dense;
uniform mat3 pixel_ray;
uniform float reach_px;
const float REACH = 0.22;
float openness_at(float depth, vec3 normal, vec2 pixel, ivec2 odd) {
    float turn = 0.7853982 * float(odd.x + 2 * odd.y);
    float radius = min(reach_px / depth, 0.12 * float(textureSize(dense, 0).y));
    mat2 spin = radius * mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
    vec3 here = pixel_ray * vec3(pixel, 1.0) * depth;
    float closed = 0.0;
    for (int i = 0; i < 6; i++) {
        float share = (float(i) + 0.5 + 0.1 * float(odd.x - odd.y)) / 6.0;
        vec2 at = floor(pixel + spin * share * vec2(cos(2.4 * float(i)), sin(2.4 * float(i)))) + 0.5;
        float z = texelFetch(dense, clamp(ivec2(at), ivec2(0), textureSize(dense, 0) - 1), 0).r;
        vec3 aside = pixel_ray * vec3(at, 1.0) * z - here;
        float square = dot(aside, aside);
        float rise = (dot(aside, normal) - 0.008) * inversesqrt(square + 1e-5);
        closed += z > 0.0 ? max(rise, 0.0) * max(1.0 - square / (REACH * REACH), 0.0) : 0.0;
    }
    return max(1.0 - 0.36 * closed, 0.0);
}
"""

OPEN_FRAGMENT = (
    "#version 330"
    + _OPEN
    + """
uniform usampler2D surfaces;
out float share;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float z = texelFetch(dense, at, 0).r;
    uint bits = texelFetch(surfaces, 2 * at, 0).r;
    vec3 n = vec3(bits & 1023u, (bits >> 10) & 1023u, bits >> 20) - 512.0;
    share = z > 0.0 && bits > 0u ? openness_at(z, normalize(n), gl_FragCoord.xy, at & 1) : 1.0;
}
"""
)

LIGHT_FRAGMENT = (
    "#version 330"
    + _LIT
    + _SRGB
    + """
uniform usampler2D surfaces;
uniform sampler2D depths;
uniform sampler2D openness;
uniform vec2 near_far;
uniform mat3 to_ray;
uniform vec3 eye;
uniform vec3 light;
uniform vec3 light_colour;
uniform vec3 sky;
uniform vec3 ground;
uniform vec4 fog;
out vec4 shown;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    float d = texelFetch(depths, at, 0).r;
    if (d >= 1.0) {
        shown = vec4(0.0, 0.0, 0.0, 1.0);
        return;
    }
    uvec2 surface = texelFetch(surfaces, at, 0).rg;
    vec3 n = vec3(surface.x & 1023u, (surface.x >> 10) & 1023u, surface.x >> 20) - 512.0;
    n = normalize(n);
    uint b = surface.y;
    vec3 albedo = to_linear(vec3(b & 255u, (b >> 8) & 255u, (b >> 16) & 255u) / 255.0);
    float shine = float(b >> 24) / 255.0;
    float z = near_far.x * near_far.y / (near_far.y - d * (near_far.y - near_far.x));
    vec3 ray = to_ray * vec3(gl_FragCoord.xy, 1.0);
    vec3 place = eye + ray * z;
    float far = length(ray);
    vec3 toward_eye = -ray / far;
    float facing = dot(n, light);
    float shade = shadow_strength > 0.0 && facing > 0.0 ? sunlight(place, n, facing) : 1.0;
    float wrapped = 0.5 + 0.5 * facing;
    float diffuse = 0.85 * max(facing, 0.0) * shade + 0.15 * wrapped * wrapped * (0.4 + 0.6 * shade);
    vec2 corner = floor(0.5 * (gl_FragCoord.xy + 0.5)) / vec2(textureSize(openness, 0));
    float free = texture(openness, corner).r;  // of four pixels in even shares
    vec3 ambient = mix(ground, sky, 0.5 + 0.5 * n.y) * free;
    diffuse *= 0.6 + 0.4 * free;
    vec3 middle = normalize(light + toward_eye);
    float power = exp2(3.0 + 6.0 * shine);
    float specular = facing > 0.0 ? pow(max(dot(n, middle), 0.0), power) * shade : 0.0;
    float edge = 1.0 - max(dot(n, toward_eye), 0.0);
    edge *= edge * edge;
    vec3 colour = albedo * (light_colour * diffuse + ambient);
    colour += light_colour * specular * shine * (0.06 + 0.5 * shine);
    colour += edge * (0.05 + 0.25 * shine) * ambient;
    colour = mix(colour, fog.rgb, 1.0 - exp(-fog.a * far * z));
    vec3 over = max(colour - 0.75, 0.0);
    shown = vec4(min(colour, 0.75) + over / (1.0 + 4.0 * over), 0.0);  // highlights roll off
}
"""
)

# Alpha is how much of the background is seen; the catcher multiplies it and leaves what is drawn alone.
CATCHER_VERTEX = """
#version 330
uniform mat4 to_clip;
in vec3 in_position;
in vec3 in_normal;
out vec3 place;
out vec3 normal;
void main() {
    gl_Position = to_clip * vec4(in_position, 1.0);
    place = in_position;
    normal = in_normal;
}
"""

CATCHER_FRAGMENT = (
    "#version 330"
    + _LIT
    + _OPEN
    + """
uniform vec3 eye;
uniform vec3 forward;
uniform vec3 light;
uniform vec3 light_colour;
uniform vec3 sky;
in vec3 place;
in vec3 normal;
out vec4 shown;
void main() {
    vec3 n = normalize(gl_FrontFacing ? normal : -normal);
    float facing = max(dot(n, light), 0.0);
    float sun = facing * dot(light_colour, vec3(0.3333));
    float all = dot(sky, vec3(0.3333));
    float free = openness_at(dot(place - eye, forward), n, 0.5 * gl_FragCoord.xy, ivec2(gl_FragCoord.xy) & 1);
    float left = (sun * sunlight(place, n, facing) * (0.6 + 0.4 * free) + all * free) / max(sun + all, 1e-4);
    shown = vec4(0.0, 0.0, 0.0, left);
}
"""
)

# Tiles of a picture, in its own 0..1.
SCREEN_VERTEX = """
#version 330
in vec2 in_corner;
void main() { gl_Position = vec4(2.0 * in_corner - 1.0, 0.0, 1.0); }
"""

# Each pixel gathers its own samples and, less, those of its neighbours, as a lens does.
RESOLVE_FRAGMENT = (
    "#version 330"
    + _SRGB
    + """
uniform sampler2D samples;
uniform sampler2D behind;
out vec4 finished;
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec2 size = vec2(textureSize(samples, 0));
    vec2 middle = 2.0 * gl_FragCoord.xy / size;
    vec2 aside = 0.65 / size;
    vec2 other = vec2(aside.x, -aside.y);
    vec4 sum = texture(samples, middle - aside) + texture(samples, middle + aside);
    sum = 0.25 * (sum + texture(samples, middle - other) + texture(samples, middle + other));
    vec3 background = texelFetch(behind, at, 0).rgb;
    if (sum == vec4(0.0, 0.0, 0.0, 1.0)) {
        finished = vec4(background, 1.0);
        return;
    }
    finished = vec4(to_srgb(clamp(sum.rgb + sum.a * to_linear(background), 0.0, 1.0)), 1.0);
}
"""
)
