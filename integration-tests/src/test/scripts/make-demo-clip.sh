#!/bin/sh
# Makes the clip that `server-app.jar demo` plays: H.264 constrained baseline, Annex B, 12 s at 30 pictures/s.
# 360 pictures, a keyframe every 30, so the clip can be looped: after the last picture comes a keyframe again.
# One slice per picture, an access unit delimiter in front of each, SPS and PPS in front of each keyframe.
#
#   make-demo-clip.sh [OUTPUT]      default: the resource of server-app
#
# Needs the Debian packages ffmpeg, nodejs and fonts-dejavu-core. All content is drawn by demo-scene.mjs.
#
# The picture number is burnt in so that a test can read it from the shown picture (854x480):
#   18 blocks of 16x16 px in a row, the top left corner of the first at x=16, y=448
#   block 0 is white and block 1 black (for the threshold), blocks 2…17 are the 16 bits of the number,
#   most significant first, white = 1. The first picture is 0, the last 359.
#   The centre of block i is x = 16 + 16*i + 8, y = 456.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
output=${1:-$here/../../../../server-app/src/main/resources/io/sdros/server/demo/demo.h264}
font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf
width=854 height=480 frames=360 rate=30

label="drawtext=fontfile=$font:fontcolor=white:y=11:fontsize=18"
node "$here/demo-scene.mjs" "$width" "$height" "$frames" |
ffmpeg -hide_banner -loglevel error -y \
    -f rawvideo -pixel_format rgb24 -video_size "${width}x$height" -framerate "$rate" -i - \
    -vf "$label:x=16:text='ROVER 01  FRONT',\
$label:x=(w-tw)/2:fontsize=24:y=9:text='FRAME %{eif\\:n\\:d\\:4}',\
$label:x=w-tw-16:timecode='00\\:00\\:00\\:00':rate=$rate,\
scale=out_color_matrix=bt709:out_range=tv,format=yuv420p" \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    -c:v libx264 -profile:v baseline -level 3.1 -preset slower -tune zerolatency -crf "${CRF:-26}" \
    -g 30 -keyint_min 30 -sc_threshold 0 -threads 1 \
    -x264-params aud=1:repeat-headers=1:sliced-threads=0:slices=1:ref=1 -f h264 "$output"
