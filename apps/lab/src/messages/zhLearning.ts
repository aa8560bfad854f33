/** The texts of what explains normalization, in Chinese. */
import type { Messages } from './en.js';

export const zhLearning: Pick<Messages, 'signal'> = {
  signal: {
    title: '信号与梯度',
    hint:
      '一层要学到东西，靠的是不同图像之间的差异，以及从后面各层传回来的梯度。sigmoid 即使在最陡处，也最多只让两者的四分之一通过。' +
      '因此，如果没有归一化来恢复，图像间的标准差会逐层缩小，梯度也会在回传途中逐层缩小。两者都在一个训练批次上测得。',
    empty: '开始训练后即可查看。',
    moment: '逐层查看',
    moments: { start: '第一步之前', now: '当前' },
    layer: '随时间查看',
    layers: { conv1: '卷积 1', conv2: '卷积 2', fc1: '全连接 1', fc2: '全连接 2', fc3: '全连接 3' },
    deviations: '图像间的标准差',
    gradients: '梯度范数',
    byLayer: (what, moment) => `${what}（${moment}）`,
    byTime: (what, layer) => `${what}（${layer}）`,
    values: (run, values) => `${run}：${values}`,
    noActivation: '这是最后一层，后面没有 sigmoid。',
    table: '以表格查看测量值',
  },
};
