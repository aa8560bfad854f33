/** In Chinese, what can be wrong with what a person gives to the page. */
import type { Difference, FaultTexts } from '@bn/lenet';

const difference = ({ name, wanted, got }: Difference): string => {
  if (got === undefined) return `${name}：应为 ${wanted}，但缺失`;
  return wanted === undefined ? `${name}：多余，实际为 ${got}` : `${name}：应为 ${wanted}，实际为 ${got}`;
};

export const zhFaults: FaultTexts = {
  inFile: (file, reason) => `${file}：${reason}`,
  noAnswer: (file) => `请求 ${file} 时服务器没有响应；它还在运行吗？`,
  noFile: (status, file) => `请求 ${file} 时服务器返回了 ${status}`,
  noGzip: (bytes) => `应为 gzip 文件，但这 ${bytes} 个字节无法解压`,
  shortIdx: (wanted, got) => `应有 ${wanted} 字节的 IDX 文件头，但文件只有 ${got} 字节`,
  noIdx: (wanted, dimensions, got) => `IDX 魔数应为 ${wanted}（无符号字节，${dimensions} 维），实际为 ${got}`,
  idxLength: (wanted, shape, got) =>
    `${shape} 个元素应有 ${wanted} 字节，实际为 ${got}${got < wanted ? '（文件被截断）' : ''}`,
  noImages: () => '至少应有一张图像，实际没有',
  imageSize: (wanted, got) => `图像应为 ${wanted}，实际为 ${got}`,
  labelCount: (wanted, images, got) =>
    `应有 ${wanted} 个标签，与 ${images} 中的图像一一对应，实际有 ${got} 个`,
  label: (largest, got, index) => `标签应在 0 到 ${largest} 之间，但下标 ${index} 处为 ${got}`,

  noSafetensors: (reason) => `这不是完整的 safetensors 文件：${reason}`,
  shortFile: (wanted, got) => `应有 ${wanted} 字节表示文件头长度，但文件只有 ${got} 字节（被截断？）`,
  longHeader: (largest, got) =>
    `文件头最多 ${largest} 字节，但标明的长度为 ${got}（不是 safetensors 文件？）`,
  cutHeader: (wanted, got) => `文件头应有 ${wanted} 字节，实际为 ${got}（被截断？）`,
  noJsonHeader: () => '文件头应为 JSON，实际不是',
  dtype: (name, got) => `'${name}'：数据类型应为 F32 或 I64，实际为 ${got}`,
  dataLength: (wanted, got) => `数据应有 ${wanted} 字节，实际为 ${got}${got < wanted ? '（被截断）' : ''}`,
  norm: (got, known) => `此检查点训练时的归一化为 '${got}'，可用的有 ${known}`,
  placement: (got, known) => `此检查点的归一化位置为 '${got}'，可用的有 ${known}`,
  otherNetwork: (norm, differences) =>
    `这不是归一化为 '${norm}' 的 LeNet 的状态，未加载任何内容：\n  ${differences.map(difference).join('\n  ')}`,
  noTrainingState: () => "此检查点的元数据 'training' 不是本训练器写出的，无法继续训练",
  weightsOnly: () => '其中只有权重：可以评估，但无法继续训练',
  otherData: (wanted, got) =>
    `这次训练的数据集有 ${wanted} 张训练图像，而当前数据集有 ${got} 张；请加载它训练时的数据后再继续`,

  loneImage: (batchSize, count) =>
    `批量大小为 ${batchSize} 时，${count} 张图像的最后一批只剩一张，而批量归一化至少需要两张才有方差。请换一个批量大小。`,
  diverged: (seen, epoch, learningRate) =>
    `在第 ${epoch} 轮的 ${seen} 张图像之后，损失不再是有限值：学习率 ${learningRate} 使训练发散；请选择较小的学习率`,
  noBackend: (name) => `TensorFlow.js 无法启动后端 '${name}'；原因见浏览器的控制台`,
  noWorker: () => '无法加载训练线程',
};
