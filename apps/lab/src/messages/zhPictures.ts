/** The texts of what is seen of classes, filters and feature maps, in Chinese. */
import type { Messages } from './en.js';

export const zhPictures: Pick<Messages, 'firstLayers' | 'confusion'> = {
  firstLayers: {
    title: '卷积核与特征图',
    hint:
      '两个卷积层在推理模式下对一张图像的处理。一个卷积核对 5×5 个像素加权：蓝色权重为负，橙色为正。' +
      '特征图是 sigmoid 在各个位置的输出：0 为黑，1 为白。若一张特征图整片灰色，它的卷积核就分不出各个位置。',
    empty: '开始一次训练即可查看卷积核。',
    number: '测试图像',
    next: '下一张图像',
    testImage: (index, label) => `第 ${index} 张：${label}`,
    drawing: '你画的图',
    takeDrawing: '改用你画的图',
    stretch: '每张特征图按自身的取值从黑到白显示',
    filters: (layer, count) => `${layer}：${count} 个卷积核`,
    filter: (number, low, high) => `卷积核 ${number}：权重从 ${low} 到 ${high}`,
    maps: (layer, count) => `${layer}：${count} 张特征图`,
    map: (number, low, high) => `特征图 ${number}：从 ${low} 到 ${high}`,
  },
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
