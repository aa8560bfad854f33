import { OptionError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { GroupNormalization, type GroupNormalizationArguments } from './groupNormalization.js';

/** Arguments of `InstanceNormalization`. `groups` is the number of channels, and there only because Addons saves it. */
export type InstanceNormalizationArguments = GroupNormalizationArguments;

/**
 * InstanceNormalization of TensorFlow Addons: group normalization with one group per channel.
 *
 * ```math
 * y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \, \gamma + \beta
 * ```
 *
 * Ulyanov, Vedaldi and Lempitsky, "Instance Normalization" (2016).
 *
 * @example
 * ```ts
 * const norm = new InstanceNormalization({ epsilon: 1e-9 });
 * const y = norm.apply(tf.tensor3d([[[1, 30], [3, 10]]])); // two positions, two channels
 * console.log(y.round().arraySync().join(' ')); // -1,1,1,-1
 * ```
 */
export class InstanceNormalization extends GroupNormalization {
  /** Keras has no such layer; under this name a saved model finds that of TensorFlow Addons. @nocollapse */
  static override readonly className: string = 'Addons>InstanceNormalization';

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: InstanceNormalizationArguments) {
    super({ ...args, groups: args?.groups ?? -1 }, 'InstanceNormalization');
    // tfjs makes the default name of the class name, and then refuses its '>' in the names of weights.
    if (!this.args.name) this.name = this.name.replace(/addons>_?/gi, '');
  }

  /**
   * TensorFlow Addons saves the number of groups. A config without it is of another class of this name; there are several.
   *
   * @throws OptionError for a config without groups.
   */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    if (config.groups == null) {
      throw new OptionError(
        `InstanceNormalization: the config of layer '${config.name}' has no groups, so it is not the one of TensorFlow Addons ` +
          'but a class of the same name, whose formula may differ (that of keras-contrib adds epsilon to the standard ' +
          'deviation); replace it by keras.layers.GroupNormalization(groups=-1), or register your own class under that name ' +
          'with tf.serialization.registerClass, after registerKerasLayers',
      );
    }
    return new cls(config);
  }

  protected override groupsOf(channels: number): number {
    const groups = super.groupsOf(channels);
    if (groups === channels) return groups;
    throw new OptionError(
      `${this.title}: groups must be -1 or the number of channels, ${channels}, got ${groups}; use GroupNormalization`,
    );
  }
}
