/** Compiles a fragment shader once for each context, and draws it over the texels of up to three targets. */
import { type GPGPUContext, type MathBackendWebGL, webgl_util } from '@tensorflow/tfjs-backend-webgl';

/** Value of a uniform of the shader; how it is passed follows from how the shader declares it. */
export type UniformValue = number | boolean | readonly number[];

/** A texture, and its size in texels. */
export interface SizedTexture {
  readonly texture: WebGLTexture;
  readonly width: number;
  readonly height: number;
}

/** A texture that a shader reads, and the uniforms that say how it lies in it. */
export interface Input extends SizedTexture {
  /** Name of the sampler. */
  readonly name: string;
  readonly uniforms: Readonly<Record<string, UniformValue>>;
}

export interface Draw {
  /** Fragment shader; drawn again, it is best the same string object. */
  readonly source: string;
  readonly inputs: readonly Input[];
  /** Beside those of the inputs. */
  readonly uniforms: Readonly<Record<string, UniformValue>>;
  /** Of one size; outputs of the shader go to them in their order. */
  readonly targets: readonly SizedTexture[];
}

interface Uniform {
  readonly name: string;
  readonly type: number;
  readonly location: WebGLUniformLocation;
}

interface Program {
  readonly handle: ReturnType<GPGPUContext['createProgram']>;
  readonly uniforms: readonly Uniform[];
}

interface ContextState {
  readonly framebuffer: WebGLFramebuffer;
  readonly programs: Map<string, Program>;
}

const states = new WeakMap<GPGPUContext, ContextState>();

const contextOf = (gpgpu: GPGPUContext) => gpgpu.gl as unknown as WebGL2RenderingContext;

function stateOf(gpgpu: GPGPUContext): ContextState {
  let state = states.get(gpgpu);
  if (state === undefined) {
    state = { framebuffer: webgl_util.createFramebuffer(gpgpu.gl), programs: new Map() };
    states.set(gpgpu, state);
  }
  return state;
}

/** Runs one program on the current context of the backend. */
export function draw(backend: MathBackendWebGL, { source, inputs, uniforms, targets }: Draw): void {
  const { gpgpu } = backend;
  const { framebuffer, programs } = stateOf(gpgpu);
  let program = programs.get(source);
  if (program === undefined) {
    program = compile(gpgpu, source);
    programs.set(source, program);
  }
  gpgpu.setProgram(program.handle);
  gpgpu.bindVertexArray(program.handle.vao);
  const { width, height } = targets[0]!;
  const targetScale = [1 / width, 1 / height];
  const values = Object.assign({ targetWidth: width, targetScale }, uniforms, ...inputs.flatMap(uniformsOf));
  const textures = Object.fromEntries(inputs.map(({ name, texture }) => [name, texture]));
  setUniforms(gpgpu, program, textures, values);
  const gl = contextOf(gpgpu);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  attach(gl, targets);
  gl.viewport(0, 0, width, height);
  gl.scissor(0, 0, width, height);
  timed(backend, () => gpgpu.executeProgram());
  // What stays attached would keep its memory, and must not be read from while it is.
  for (let i = 1; i < targets.length; i++) attachTexture(gl, i, null);
}

/** One over the size of its texture is how `sampler` of glsl/addressing.ts finds the middle of a texel. */
const uniformsOf = ({ name, width, height, uniforms }: Input) => [
  { [`${name}Scale`]: [1 / width, 1 / height] },
  uniforms,
];

function compile(gpgpu: GPGPUContext, source: string): Program {
  const handle = gpgpu.createProgram(webgl_util.createFragmentShader(gpgpu.gl, source));
  gpgpu.buildVao(handle);
  const gl = contextOf(gpgpu);
  const count = gl.getProgramParameter(handle, gl.ACTIVE_UNIFORMS) as number;
  const uniforms = Array.from({ length: count }, (_, i) => {
    const { name, type } = gl.getActiveUniform(handle, i)!;
    return { name, type, location: gl.getUniformLocation(handle, name)! };
  });
  return { handle, uniforms };
}

function setUniforms(
  gpgpu: GPGPUContext,
  program: Program,
  textures: Readonly<Record<string, WebGLTexture>>,
  values: Draw['uniforms'],
): void {
  const gl = contextOf(gpgpu);
  let unit = 0;
  for (const { name, type, location } of program.uniforms) {
    const value = type === gl.SAMPLER_2D ? textures[name] : values[name];
    if (value === undefined) throw new Error(`@bn/webgl: the shader's uniform '${name}' has no value`);
    if (type === gl.SAMPLER_2D) gpgpu.setInputMatrixTexture(value as WebGLTexture, location, unit++);
    else if (type === gl.FLOAT) gl.uniform1f(location, value as number);
    else if (type === gl.INT || type === gl.BOOL) gl.uniform1i(location, Number(value));
    else if (type === gl.FLOAT_VEC2) gl.uniform2fv(location, value as number[]);
    else if (type === gl.INT_VEC2) gl.uniform2iv(location, value as number[]);
    else if (type === gl.INT_VEC3) gl.uniform3iv(location, value as number[]);
    else throw new Error(`@bn/webgl: the shader's uniform '${name}' has an unsupported type`);
  }
}

function attach(gl: WebGL2RenderingContext, targets: readonly SizedTexture[]): void {
  targets.forEach(({ texture }, i) => {
    attachTexture(gl, i, texture);
  });
  gl.drawBuffers(targets.map((_, i) => gl.COLOR_ATTACHMENT0 + i));
}

function attachTexture(gl: WebGL2RenderingContext, index: number, texture: WebGLTexture | null): void {
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + index, gl.TEXTURE_2D, texture, 0);
}

/** The part of the backend that times programs for tf.time and tf.profile; not in its types. */
interface Timers {
  readonly activeTimers?: { name: string; query: Promise<number> }[];
  startTimer(): object;
  endTimer(query: object): object;
  getQueryTime(query: object): Promise<number>;
}

function timed(backend: MathBackendWebGL, execute: () => void): void {
  const timers = backend as unknown as Timers;
  if (timers.activeTimers == null) {
    execute();
    return;
  }
  const query = timers.startTimer();
  execute();
  timers.activeTimers.push({ name: 'Normalization', query: timers.getQueryTime(timers.endTimer(query)) });
}
