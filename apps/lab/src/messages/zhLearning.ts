/** The texts of what explains normalization, in Chinese. */
import type { Messages } from './en.js';

export const zhLearning: Pick<Messages, 'signal' | 'comparison' | 'lessons' | 'zScore'> = {
  zScore: {
    title: '归一化你自己的数字',
    hint: '减去均值，除以标准差，乘以 gamma，再加上 beta。epsilon 为 0.00001，与网络中相同。',
    numbers: '数字',
    bad: (part) => `“${part}”不是 -1e100 到 1e100 之间的数。请输入像 2, -0.5, 4 这样的数字。`,
    count: (most) => `请输入 1 到 ${most} 个数字，用逗号或空格隔开。`,
    one: 'gamma 和 beta 各填一个数字。',
    moments: (mean, deviation) => `均值 ${mean}，标准差 ${deviation}`,
    columns: ['x', 'x - 均值', 'z = (x - 均值) / 标准差', 'gamma * z + beta'],
  },
  comparison: {
    title: '对比多次训练',
    hint: (most) => `勾选还要与上面的设置一起训练的选项：每种组合训练一次，最多 ${most} 次。`,
    also: { norms: '其他归一化', placements: '其他位置', batchSizes: '其他批量大小' },
    start: (count) => (count === 1 ? '开始这次训练' : `依次训练这 ${count} 次`),
    tooMany: (count, most) => `这样共有 ${count} 次训练，而最多只能分辨 ${most} 条曲线，请取消一些勾选。`,
  },
  lessons: {
    title: '课程',
    hint: '点一下就会填好设置，并说明该看什么。每一课都是一个链接，可以分享。',
    close: '关闭本课',
    origin: '文中的数字是在 wasm 后端上，用种子 0 和自带的 Fashion-MNIST 十分之一数据测得的。',
    unknownInAddress: (list) => `网址中有无法识别或超出范围的设置：${list}。这些设置已被忽略。`,
    list: {
      none: {
        name: '没有归一化会怎样',
        look:
          '两次训练使用同一个种子。有批量归一化时，训练损失在五轮内降到 0.64；没有时，损失停在 2.3 左右，测试精度停在 10%：' +
          '2.303 = ln 10，正是在十个类别中随便猜的损失。“信号与梯度”说明了原因：第一步之前，最后一个 sigmoid 的输入在图像间的差异只有前者的约八百分之一，' +
          '第一层得到的梯度也只有约八百分之一。',
      },
      pairs: {
        name: '每批只有两张图像',
        look:
          '同样是批量归一化，一次每批 16 张，一次每批 2 张。一轮之后，训练精度分别是 70% 和不到 20%。这时全连接层的每个特征只有两个数，归一化之后，' +
          '不论原来相差多少，总是一个约为 -1，另一个约为 1：差异的大小就丢失了。',
      },
      group: {
        name: '批量归一化失灵时用组归一化',
        look:
          '仍然是每批两张。组归一化的均值和方差只取自一张图像，与批量大小无关。一轮之后，它的训练精度是 47%，测试精度是 67%；' +
          '批量归一化分别不到 20% 和 30%。',
      },
      rate: {
        name: '九倍的学习率',
        look:
          '学习率为 8.1。有批量归一化时，第一轮的平均损失高于 4，到第五轮降为 0.62，测试精度达到 67%。没有归一化时，五轮之后仍在猜：' +
          '损失 2.32，测试精度 10%。',
      },
      after: {
        name: '放在激活函数之后',
        look:
          '批量归一化放在 sigmoid 之前，以及之后。两者都能学会：第五轮的训练精度分别是 77% 和 79%。再看“信号与梯度”：放在之后时，' +
          '它不影响第一个 sigmoid 的输入，那里图像间的标准差只有 0.12；但后面各层得到了恢复：0.59、0.85、1.1。',
      },
      lag: {
        name: '移动统计量的滞后',
        look:
          '第一轮共 24 步。最后几步的训练精度已超过 70%，测试精度却只有 26.5%。训练时用的是当前批次的统计量，测试时用的是移动平均，' +
          '而移动平均跟得较慢。第二轮之后，测试精度达到 70%。',
      },
      swap: {
        name: '训练途中切换后端',
        look:
          '开始训练，然后在训练途中选择另一个后端。竖虚线标出切换之处。损失曲线会照常延续：权重、移动统计量和图像的顺序都没有变，' +
          '变的只是速度。',
      },
    },
  },
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
