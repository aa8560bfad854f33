/** The texts of what is seen of classes, filters and feature maps, in Chinese. */
import type { Messages } from './en.js';

export const zhPictures: Pick<Messages, 'confusion'> = {
  confusion: {
    title: '混淆矩阵',
    hint:
      '每行是一个真实类别的测试图像：各有多少张被预测为哪一类，以及占该行的比例。对角线上是分对的。指向某一格，' +
      '或用方向键移到那里，即可查看其中的一些图像；点击可将其固定。',
    empty: '第一轮之后显示；打开已训练过的记录时也会显示。',
    evaluate: '立即评估',
    summary: (accuracy, count, epochs) =>
      `${epochs ? `${epochs} 轮之后，` : ''}在 ${count} 张测试图像上的测试精度为 ${accuracy}`,
    trueClass: '真实类别',
    predictedClass: '预测类别',
    cell: (label, predicted) => `${label}，预测为 ${predicted}：`,
    shares: '占该行的比例',
    choose: '选择一格即可查看其中的一些图像。',
    images: '所选格中的图像',
    cellShort: (label, predicted) =>
      label === predicted ? `${label}：正确` : `${label}，预测为 ${predicted}`,
    shown: (shown, count) => `${count} 张中的 ${shown} 张，编号为测试集中的序号`,
    none: '没有这样的图像。',
    image: (index) => `第 ${index} 张`,
  },
};
