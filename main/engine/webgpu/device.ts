/**
 * Opens the graphics card through the npm package `webgpu` (Dawn), with all that the adapter allows. To be called in a
 * process of its own: a driver can end it.
 */
import { firstLine } from '../../errors.ts';
import { Gpu } from './gpu.ts';

/** Why there is no device: one line that a person can act on. */
export class NoDevice extends Error {
  override name = 'NoDevice';
}

export interface DeviceInfo {
  name: string;
  vendor: string;
  architecture: string;
  driver: string;
  /** Computed by the processor: right, but slower than the CPU engine. */
  software: boolean;
  /** Invocations of a subgroup, where it has matrix units that multiply half precision; 0 where it has none. */
  matrixLanes: number;
  features: string[];
}

export interface DeviceOptions {
  /** Dawn's own options, as `backend=vulkan`. */
  dawn?: readonly string[];
  /** Ask for timestamps, which time each kernel. */
  timing?: boolean;
}

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
] as const;

/** What a card with matrix units has; Dawn gives the last two only to those who say that they know what they do. */
const MATRICES = ['shader-f16', 'subgroups', 'chromium-experimental-subgroup-matrix'];
/**
 * All that our kernels read and write is inside by construction: indices are made of shapes, and those that may stray are
 * clamped where they are written (`writer.ts`). The driver's own checks took half of a product's time. And kernels read of
 * workgroup memory what they wrote: filling it with zeros first is what software drivers compile for most of the time.
 */
const UNLOCKED = `enable-dawn-features=${[
  'allow_unsafe_apis',
  'vulkan_enable_f16_on_nvidia',
  'disable_robustness',
  'disable_workgroup_init',
].join()}`;

/** Software drivers by the names that they give themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;

/** Electron's memory cage refuses the arrays that results are read back through. */
export const refusedHere = (): string | null =>
  'electron' in process.versions ? 'it cannot be used inside the desktop window; use the command line' : null;

/** All that were ever opened: once one of these objects is collected, the process dies at any later moment. */
const opened: unknown[] = [];

/** @throws NoDevice */
export async function openDevice({ dawn = [], timing = false }: DeviceOptions = {}): Promise<Gpu> {
  const refused = refusedHere();
  if (refused !== null) throw new NoDevice(refused);
  const { create } = await import('webgpu').catch((error: unknown) => {
    throw new NoDevice(`the package "webgpu" cannot be loaded: ${firstLine(error)}`);
  });
  const gpu = create([UNLOCKED, ...dawn]);
  opened.push(gpu);
  // Dawn does not survive a process that ends by itself.
  process.once('beforeExit', (code) => process.exit(code));
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch((error: unknown) => {
    throw new NoDevice(`the graphics drivers give no adapter: ${firstLine(error)}`);
  });
  if (!adapter) throw new NoDevice('no graphics driver with Vulkan, Direct3D 12 or Metal was found');
  const info = describe(adapter);
  const device = await adapter
    .requestDevice({
      requiredFeatures: [
        ...(timing && adapter.features.has('timestamp-query') ? ['timestamp-query'] : []),
        ...(info.matrixLanes > 0 ? MATRICES : []),
      ] as GPUFeatureName[],
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    })
    .catch((error: unknown) => {
      throw new NoDevice(`${info.name} gives no device: ${firstLine(error)}`);
    });
  return new Gpu(device, info);
}

function describe({ info, features }: GPUAdapter): DeviceInfo {
  const name = info.description.includes(info.device) || !info.device ? info.description : info.device;
  const known = name || `${info.vendor} ${info.architecture}`.trim() || 'unnamed adapter';
  const fixed = info.subgroupMinSize === info.subgroupMaxSize;
  return {
    name: known,
    vendor: info.vendor,
    architecture: info.architecture,
    driver: info.description,
    matrixLanes: MATRICES.every((feature) => features.has(feature)) && fixed ? info.subgroupMaxSize : 0,
    software: SOFTWARE.test(`${info.vendor} ${info.architecture} ${info.device} ${info.description}`),
    features: [...features].map(String).sort(),
  };
}
