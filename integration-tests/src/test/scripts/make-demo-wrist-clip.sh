#!/bin/sh
# Makes the second clip that `server-app.jar demo` plays: H.264 constrained baseline, Annex B, 6 s at 30 pictures/s, a
# keyframe every 30, one slice per picture, as make-demo-clip.sh makes the first. The picture is ffmpeg's own test
# picture, which has a clock in it; small, since the clip goes into the jar.
#
#   make-demo-wrist-clip.sh [OUTPUT]      default: the resource of server-app
#
# Needs the Debian packages ffmpeg and fonts-dejavu-core.

set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
output=${1:-$here/../../../../server-app/src/main/resources/io/sdros/server/demo/demo-wrist.h264}
font=/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf

ffmpeg -hide_banner -loglevel error -y \
    -f lavfi -i "testsrc2=size=480x270:rate=30:duration=6" \
    -vf "drawtext=fontfile=$font:fontcolor=white:box=1:boxcolor=black@0.6:boxborderw=6:x=12:y=12:fontsize=16:text='ROVER 01  WRIST',\
scale=out_color_matrix=bt709:out_range=tv,format=yuv420p" \
    -colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv \
    -c:v libx264 -profile:v baseline -level 3.1 -preset slower -tune zerolatency -crf "${CRF:-34}" \
    -g 30 -keyint_min 30 -sc_threshold 0 -threads 1 \
    -x264-params aud=1:repeat-headers=1:sliced-threads=0:slices=1:ref=1 -f h264 "$output"
