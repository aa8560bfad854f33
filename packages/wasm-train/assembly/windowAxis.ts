/**
 * One axis of a convolution that tests for its borders itself, as those along the depth and of single channels do. Position `input` of
 * x and tap `tap` meet in the window of position `output` of y if
 *
 *     input = output * stride + tap * dilation - before
 *
 * where `before` is the padding in front of x. Inlined: a call for each tap would take as long as what is done with it.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: decorators are valid on methods only.
export class WindowAxis {
  /** The position of x, which has `size`, that a tap of an output's window meets; -1 if it lies outside. */
  @inline
  static inputAt(output: i32, tap: i32, stride: i32, dilation: i32, before: i32, size: i32): i32 {
    const input = output * stride + tap * dilation - before;
    return input >= 0 && input < size ? input : -1;
  }

  /** The position of y, which has `size`, whose window meets an input with a tap; -1 if there is none. */
  @inline
  static outputAt(input: i32, tap: i32, stride: i32, dilation: i32, before: i32, size: i32): i32 {
    const distance = input + before - tap * dilation;
    const output = distance / stride;
    return distance >= 0 && output < size && output * stride === distance ? output : -1;
  }
}
