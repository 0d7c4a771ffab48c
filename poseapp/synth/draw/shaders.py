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

COLOUR_VERTEX = """
#version 330
uniform mat4 to_clip;
uniform mat4 to_shadow;
uniform vec3 light;
uniform float shadow_texel;
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in vec4 in_paint;
out vec3 place;
out vec3 normal;
out vec2 uv;
out vec3 shadow_at;
flat out vec4 paint;
invariant gl_Position;
void main() {
    gl_Position = to_clip * vec4(in_position, 1.0);
    place = in_position;
    normal = in_normal;
    uv = vec2(in_uv.x, 1.0 - in_uv.y);
    paint = in_paint;
    // Looked up a little outside the surface, farther where light grazes it: no acne, and feet keep theirs.
    float grazing = sqrt(max(0.0, 1.0 - dot(normal, light) * dot(normal, light)));
    vec3 lifted = place + normal * shadow_texel * (0.6 + 1.4 * grazing);
    shadow_at = (to_shadow * vec4(lifted, 1.0)).xyz;
}
"""

_LIT = """
uniform sampler2DShadow shadow_map;
uniform float shadow_step;
uniform float shadow_strength;
float lit(vec3 at) {
    vec2 border = min(at.xy, 1.0 - at.xy);
    float inside = clamp(min(border.x, border.y) * 16.0, 0.0, 1.0);
    if (inside <= 0.0) return 1.0;
    float sum = 0.0;
    sum += texture(shadow_map, vec3(at.xy + shadow_step * vec2(-0.4, -1.2), at.z));
    sum += texture(shadow_map, vec3(at.xy + shadow_step * vec2(1.2, -0.4), at.z));
    sum += texture(shadow_map, vec3(at.xy + shadow_step * vec2(0.4, 1.2), at.z));
    sum += texture(shadow_map, vec3(at.xy + shadow_step * vec2(-1.2, 0.4), at.z));
    return 1.0 - inside * shadow_strength * (1.0 - 0.25 * sum);
}
"""

COLOUR_FRAGMENT = (
    """
#version 330
"""
    + _LIT
    + """
uniform sampler2D picture;
uniform vec3 eye;
uniform vec3 light;
uniform vec3 light_colour;
uniform vec3 sky;
uniform vec3 ground;
uniform vec4 fog;
in vec3 place;
in vec3 normal;
in vec2 uv;
in vec3 shadow_at;
flat in vec4 paint;
out vec4 shown;
void main() {
    vec3 n = normalize(gl_FrontFacing ? normal : -normal);
    vec3 toward_eye = eye - place;
    float distance = length(toward_eye);
    toward_eye /= distance;
    vec3 albedo = texture(picture, uv).rgb * paint.rgb;
    float facing = dot(n, light);
    float shade = shadow_strength > 0.0 && facing > 0.0 ? lit(shadow_at) : 1.0;
    float wrapped = 0.5 + 0.5 * facing;
    float diffuse = 0.85 * max(facing, 0.0) * shade + 0.15 * wrapped * wrapped;
    vec3 ambient = mix(ground, sky, 0.5 + 0.5 * n.y);
    vec3 middle = normalize(light + toward_eye);
    float power = exp2(3.0 + 6.0 * paint.a);
    float specular = facing > 0.0 ? pow(max(dot(n, middle), 0.0), power) * shade : 0.0;
    float edge = 1.0 - max(dot(n, toward_eye), 0.0);
    edge *= edge * edge;
    vec3 colour = albedo * (light_colour * diffuse + ambient);
    colour += light_colour * specular * paint.a * (0.06 + 0.5 * paint.a);
    colour += edge * (0.05 + 0.25 * paint.a) * ambient;
    float haze = 1.0 - exp(-fog.a * distance);
    colour = mix(colour, fog.rgb, haze);
    vec3 over = max(colour - 0.75, 0.0);
    shown = vec4(min(colour, 0.75) + 0.25 * (1.0 - exp(-4.0 * over)), 0.0);
}
"""
)

# Alpha is how much of the background is seen; a catcher lets it through darkened.
CATCHER_FRAGMENT = (
    """
#version 330
"""
    + _LIT
    + """
uniform vec3 light;
uniform vec3 light_colour;
uniform vec3 sky;
in vec3 normal;
in vec3 shadow_at;
out vec4 shown;
void main() {
    vec3 n = normalize(gl_FrontFacing ? normal : -normal);
    float sun = max(dot(n, light), 0.0) * dot(light_colour, vec3(0.3333));
    float all = dot(sky, vec3(0.3333));
    float left = (sun * lit(shadow_at) + all) / max(sun + all, 1e-4);
    shown = vec4(0.0, 0.0, 0.0, left);
}
"""
)

SCREEN_VERTEX = """
#version 330
void main() {
    vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
    gl_Position = vec4(corner, 0.0, 1.0);
}
"""

RESOLVE_FRAGMENT = """
#version 330
uniform sampler2DMS samples;
uniform sampler2D behind;
uniform int count;
out vec4 finished;
vec3 to_linear(vec3 c) {
    return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(vec3(0.04045), c));
}
vec3 to_srgb(vec3 c) {
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(vec3(0.0031308), c));
}
void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 sum = vec4(0.0);
    for (int i = 0; i < count; i++) sum += texelFetch(samples, at, i);
    sum /= float(count);
    vec3 background = texelFetch(behind, at, 0).rgb;
    if (sum == vec4(0.0, 0.0, 0.0, 1.0)) {
        finished = vec4(background, 1.0);
        return;
    }
    finished = vec4(to_srgb(clamp(sum.rgb + sum.a * to_linear(background), 0.0, 1.0)), 1.0);
}
"""
