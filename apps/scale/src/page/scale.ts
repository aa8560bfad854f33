import { markdownTable } from 'markdown-table';
import { type Constants, perGradientOf } from '../constants.js';
import { efficiency, fastestRanks, halfEfficientRanks, type Link, stepTime, type Work } from '../model.js';
import { leNet, type Network, resNet50, resNet50Operations } from '../networks.js';
import type { ConstantsResults } from '../results.js';
import { batchNormTraffic, stepTraffic } from '../traffic.js';
import { digits, megabytes, percent, whole } from './numbers.js';

const ranks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** A network on a batch. */
interface Case {
  readonly network: Network;
  readonly work: Work;
  /** In all, if more ranks are to make the step shorter. */
  readonly images: number;
  /** Of each rank, if more ranks are to take more images. */
  readonly imagesOfRank: number;
}

export function scaleSection({ operationsPerSecond }: ConstantsResults, constants: Constants): string[] {
  const cases: readonly Case[] = [
    { network: leNet, work: constants.alone, images: 512, imagesOfRank: 512 },
    {
      network: resNet50,
      work: { fixed: 0, perImage: (1000 * resNet50Operations) / operationsPerSecond },
      images: 256,
      imagesOfRank: 32,
    },
  ];
  return [
    '## From 1 to 1,024 ranks',
    'By the model, with the constants above and a core for each rank. A batch can stay the same while more ranks share it; then the ' +
      'step gets shorter until communication outweighs what one more rank takes over. Or each rank brings its images, and the batch ' +
      'grows; then the efficiency, the step of one rank over that of all, says what share of the ranks is worth something. Shared ' +
      'memory ends with the cores of one machine.',
    ...cases.flatMap((of) => caseSection(of, constants)),
  ];
}

function caseSection({ network, work, images, imagesOfRank }: Case, constants: Constants): string[] {
  const perGradient = perGradientOf(constants, network);
  const links = [...constants.links];
  const fixedBatch = (link: Link) => ({ images, work, link, perGradient });
  const growing = (link: Link) => ({ images: imagesOfRank, work, link, perGradient });
  const header = ['ranks', ...links.map(([name]) => name)];
  const align = header.map(() => 'r');
  const fastest = new Map(
    links.map(([name, link]) => [name, fastestRanks(network, ranks, fixedBatch(link))]),
  );
  const times = ranks.map((count) => [
    whole(count),
    ...links.map(([name, link]) => {
      const time = digits(stepTime(network, { ...fixedBatch(link), ranks: count }));
      return fastest.get(name) === count ? `**${time}**` : time;
    }),
  ]);
  const efficiencies = ranks.map((count) => [
    whole(count),
    ...links.map(([, link]) => percent(efficiency(network, { ...growing(link), ranks: count }))),
  ]);
  const fastestText = links.map(([name]) => `${whole(fastest.get(name)!)} (${name})`);
  const halves = links.map(
    ([name, link]) => `${whole(halfEfficientRanks(network, ranks, growing(link)))} (${name})`,
  );
  const most = ranks.at(-1)!;
  return [
    `### ${network.name}`,
    `${whole(network.parameters)} weights, ${network.batchNorms.length} batch norms. ` +
      `Milliseconds of a step on ${images} images in all, the shortest in bold:`,
    markdownTable([header, ...times], { align }),
    `More ranks do not pay beyond ${fastestText.join(', ')}.`,
    `Efficiency with ${imagesOfRank} images on each rank:`,
    markdownTable([header, ...efficiencies], { align }),
    `At least half of the ranks' time is worth something up to ${halves.join(', ')} ranks. With ${whole(most)} ranks ` +
      `${megabytes(stepTraffic(network, most).bytes)} reach each of them in a step, ` +
      `${percent(batchNormTraffic(network, most).bytes / stepTraffic(network, most).bytes)} of it statistics of batch norms.`,
  ];
}
