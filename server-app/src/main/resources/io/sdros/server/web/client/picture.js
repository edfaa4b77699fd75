/** Decoded pictures: VideoFrame or ImageBitmap. */

/** Whoever takes a picture closes it; when handing it over fails nobody has taken it. */
export function handOver(picture, take) {
  try {
    take();
  } catch (error) {
    picture.close();
    throw error;
  }
}

/** As it is to be shown. @returns {{ width: number, height: number }} */
export function sizeOf(picture) {
  return { width: picture.displayWidth ?? picture.width, height: picture.displayHeight ?? picture.height };
}
