/** Errors of the trainer and the lab in Chinese. */
import type { Difference, Range } from '@bn/lenet';
import type { ErrorTexts } from '../errors.js';
import { textOf } from './reasons.js';

const list = (differences: readonly Difference[]): string => differences.map(difference).join('\n  ');

function difference({ name, wanted, got }: Difference): string {
  if (wanted === undefined) return `${name}：多余，实际为 ${got}`;
  const text = typeof wanted === 'string' ? wanted : range(wanted);
  return got === undefined ? `${name}：应为 ${text}，但缺失` : `${name}：应为 ${text}，实际为 ${got}`;
}

function range({ whole, minimum, maximum, multipleOf }: Range): string {
  if (minimum === maximum) return String(minimum);
  if (multipleOf !== undefined) return `${maximum} 或小于它的 ${multipleOf} 的倍数`;
  const kind = whole ? '整数' : '数';
  if (minimum === Number.MIN_VALUE) return '正数';
  return maximum === Number.MAX_VALUE
    ? `不小于 ${minimum} 的${kind}`
    : `${minimum} 到 ${maximum} 之间的${kind}`;
}

const cut = (wanted: number, got: number, text: string): string => (got < wanted ? text : '');

export const zhErrors: ErrorTexts = {
  LAB_FILE: ({ file, reason }) => `${file}：${textOf(reason, { errors: zhErrors })}`,
  LAB_NO_ANSWER: ({ file }) => `请求 ${file} 时服务器没有响应；它还在运行吗？`,
  LAB_STATUS: ({ status, file }) => `请求 ${file} 时服务器返回了 ${status}`,
  LAB_GZIP: ({ bytes }) => `应为 gzip 文件，但这 ${bytes} 个字节无法解压`,
  LAB_BACKEND: ({ name }) => `TensorFlow.js 无法启动后端 '${name}'；原因见浏览器的控制台`,
  LAB_WORKER: () => '无法加载训练线程',

  LENET_IDX_HEADER: ({ wanted, got }) => `应有 ${wanted} 字节的 IDX 文件头，但文件只有 ${got} 字节`,
  LENET_IDX_MAGIC: ({ wanted, dimensions, got }) =>
    `IDX 魔数应为 ${wanted}（无符号字节，${dimensions} 维），实际为 ${got}`,
  LENET_IDX_LENGTH: ({ wanted, shape, got }) =>
    `${shape} 个元素应有 ${wanted} 字节，实际为 ${got}${cut(wanted, got, '（文件被截断）')}`,
  LENET_NO_IMAGES: () => '至少应有一张图像，实际没有',
  LENET_LONG_FILE: ({ largest, got }) => `文件最多 ${largest} 字节，实际有 ${got} 字节`,
  LENET_MANY_IMAGES: ({ largest, got }) => `图像最多 ${largest} 张，实际有 ${got} 张`,
  LENET_IMAGE_SIZE: ({ wanted, got }) => `图像应为 ${wanted}，实际为 ${got}`,
  LENET_LABEL_COUNT: ({ wanted, images, got }) =>
    `应有 ${wanted} 个标签，与 ${images} 中的图像一一对应，实际有 ${got} 个`,
  LENET_LABEL: ({ largest, got, index }) => `标签应在 0 到 ${largest} 之间，但下标 ${index} 处为 ${got}`,

  LENET_NOT_SAFETENSORS: ({ reason }) =>
    `这不是有效的 safetensors 文件：${textOf(reason, { errors: zhErrors })}`,
  BN_SAFETENSORS_SHORT: ({ wanted, got }) =>
    `应有 ${wanted} 字节表示文件头长度，但文件只有 ${got} 字节（被截断？）`,
  BN_SAFETENSORS_HEADER_LONG: ({ largest, got }) =>
    `文件头最多 ${largest} 字节，但标明的长度为 ${got}（不是 safetensors 文件？）`,
  BN_SAFETENSORS_HEADER_CUT: ({ wanted, got }) => `文件头应有 ${wanted} 字节，实际为 ${got}（被截断？）`,
  BN_SAFETENSORS_HEADER_JSON: () => '文件头应为 JSON，实际不是',
  LENET_SAFETENSORS_DTYPE: ({ name, got }) =>
    `'${name}'：数据类型应为 F32、F16、BF16、F64 或不超过 I64 的整数类型，实际为 ${got}`,
  BN_SAFETENSORS_LENGTH: ({ wanted, got }) =>
    `数据应有 ${wanted} 字节，实际为 ${got}${cut(wanted, got, '（被截断）')}`,

  LENET_UNKNOWN_NORM: ({ got, known }) => `此检查点训练时的归一化为 '${got}'，可用的有 ${known}`,
  LENET_UNKNOWN_PLACEMENT: ({ got, known }) => `此检查点的归一化位置为 '${got}'，可用的有 ${known}`,
  LENET_OTHER_NETWORK: ({ norm, differences }) =>
    `这不是归一化为 '${norm}' 的 LeNet 的状态，未加载任何内容：\n  ${list(differences)}`,
  LENET_SETTINGS: ({ differences }) => `训练不能采用这些设置：\n  ${list(differences)}`,
  LENET_TRAINING_STATE: ({ differences }) =>
    `此检查点的元数据 'training' 不是本训练器写出的，无法继续训练：\n  ${list(differences)}`,
  LENET_WEIGHTS_ONLY: () => '其中只有权重：可以评估，但无法继续训练',
  LENET_OTHER_DATA: ({ wanted, got }) =>
    `这次训练的数据集有 ${wanted} 张训练图像，而当前数据集有 ${got} 张；请加载它训练时的数据后再继续`,
  LENET_LONE_IMAGE: ({ batchSize, count }) =>
    `批量大小为 ${batchSize} 时，${count} 张图像的最后一批只剩一张，而批量归一化至少需要两张才有方差。请换一个批量大小。`,
  LENET_DIVERGED: ({ seen, epoch, learningRate }) =>
    `在第 ${epoch} 轮的 ${seen} 张图像之后，损失不再是有限值：学习率 ${learningRate} 使训练发散；请选择较小的学习率`,
};
