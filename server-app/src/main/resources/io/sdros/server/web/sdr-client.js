/**
 * Client of an SDR transport server: one dependency-free ES module.
 *
 *     const client = new SdrClient({ url: 'ws://robot:8080/stream/ws' });
 *     client.addEventListener('picture', (event) => context.drawImage(event.detail.image, 0, 0));
 *     client.connect();
 *
 * Events (all CustomEvents, the facts are in `detail`):
 * - `state`      { state, message }: 'connecting' | 'waiting' | 'live' | 'closed' | 'refused' | 'unsupported'
 * - `picture`    { image, width, height, frameSeq }: newest decoded picture; the image is closed after the listeners ran
 * - `telemetry`  { subject, payload: Uint8Array }
 */

const TYPE_VIDEO = 0x01;
const TYPE_TELEMETRY = 0x02;
const HEADER_BYTES = 32;
const FLAG_KEYFRAME = 0x0001;

export const CODEC_H264 = 1;
export const CODEC_HEVC = 2;
export const CODEC_JPEG = 3;

/** So many pictures may wait for the decoder before it is taken to be too slow and skips to a keyframe. */
const DECODE_QUEUE_LIMIT = 30;
/** A join begins with a replay of up to a whole GOP at once, which is no sign of a slow decoder. */
const REPLAY_GRACE_MS = 2000;
const RETRY_FIRST_MS = 250;
const RETRY_LONGEST_MS = 5000;

/** One WebSocket message: { kind: 'video', header, payload }, { kind: 'telemetry', … }, or null for anything else. */
export function parseMessage(buffer) {
  const view = new DataView(buffer);
  if (view.byteLength >= 1 + HEADER_BYTES && view.getUint8(0) === TYPE_VIDEO) {
    const header = {
      frameId: view.getBigUint64(1, true),
      frameSeq: view.getBigUint64(9, true),
      size: view.getUint32(17, true),
      flags: view.getUint16(21, true),
      codec: view.getUint16(23, true),
    };
    header.keyframe = header.codec === CODEC_JPEG || (header.flags & FLAG_KEYFRAME) !== 0;
    return { kind: 'video', header, payload: new Uint8Array(buffer, 1 + HEADER_BYTES) };
  }
  if (view.byteLength >= 3 && view.getUint8(0) === TYPE_TELEMETRY) {
    const subjectBytes = view.getUint16(1, true);
    if (3 + subjectBytes <= view.byteLength) {
      const subject = new TextDecoder().decode(new Uint8Array(buffer, 3, subjectBytes));
      return { kind: 'telemetry', subject, payload: new Uint8Array(buffer, 3 + subjectBytes) };
    }
  }
  return null;
}

/** Calls visit(nal) for each NAL unit of an Annex-B access unit, without start codes. */
function forEachNal(data, visit) {
  let start = -1;
  for (let at = 0; at + 2 < data.length; at++) {
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1) {
      if (start >= 0) visit(data.subarray(start, data[at - 1] === 0 ? at - 1 : at));
      start = at + 3;
      at += 2;
    }
  }
  if (start >= 0) visit(data.subarray(start));
}

const hex = (byte) => byte.toString(16).padStart(2, '0');

/** The codec string the stream itself states, for example 'avc1.42c01f'; null if it has no parameter sets. */
export function codecString(codec, accessUnit) {
  let found = null;
  forEachNal(accessUnit, (nal) => {
    if (codec === CODEC_H264 && (nal[0] & 0x1f) === 7 && nal.length > 3) {
      found ??= `avc1.${hex(nal[1])}${hex(nal[2])}${hex(nal[3])}`;
    } else if (codec === CODEC_HEVC && ((nal[0] >> 1) & 0x3f) === 33) {
      found ??= hevcCodecString(nal);
    }
  });
  return found;
}

/** From the SPS's profile_tier_level (ITU-T H.265, 7.3.3), written as ISO/IEC 14496-15 annex E says. */
function hevcCodecString(nal) {
  const bytes = [];
  for (let i = 0; i < nal.length && bytes.length < 15; i++) {
    const emulationPrevention = i >= 2 && nal[i] === 3 && nal[i - 1] === 0 && nal[i - 2] === 0;
    if (!emulationPrevention) bytes.push(nal[i]);
  }
  if (bytes.length < 15) return null;
  const general = bytes[3];
  const space = ['', 'A', 'B', 'C'][general >> 6];
  // The flags are written with the first one in the lowest bit.
  let compatibility = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((bytes[4 + (bit >> 3)] >> (7 - (bit & 7))) & 1) compatibility += 2 ** bit;
  }
  const constraints = bytes.slice(8, 14);
  while (constraints.length && constraints[constraints.length - 1] === 0) constraints.pop();
  const tier = general & 0x20 ? 'H' : 'L';
  return ['hev1', space + (general & 0x1f), compatibility.toString(16), tier + bytes[14], ...constraints.map((c) => c.toString(16))].join('.');
}

/** How long to wait before the next attempt, in ms: doubling, bounded, spread so that a thousand viewers do not come at once. */
export function retryDelay(attempt, random = Math.random) {
  const longest = Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** attempt);
  return longest * (0.5 + random() / 2);
}

const REFUSALS = {
  401: 'A token is needed to watch this stream, or the one given is wrong.',
  403: 'This page may not open the stream: its origin is not allowed (SDR_ALLOWED_ORIGINS).',
  503: 'The server has as many viewers as it may have. Trying again.',
};

export class SdrClient extends EventTarget {
  #url;
  #socket = null;
  #decoder = null;
  #codec = '';
  #needsKeyframe = true;
  #latest = null;
  #paintAsked = false;
  #attempt = 0;
  #retryTimer = 0;
  #openedAt = 0;
  #lastArrival = 0;
  #running = false;
  #chunkTime = 0;
  #pendingSeq = new Map();
  #statistics = {
    framesReceived: 0, bytesReceived: 0, framesDecoded: 0, framesPainted: 0, framesDropped: 0,
    decodeErrors: 0, telemetryReceived: 0, reconnects: 0, lastFrameSeq: 0n, codec: '', width: 0, height: 0,
  };

  state = 'closed';

  /** @param {{url: string, token?: string}} options url: ws:// or wss:// address of the stream */
  constructor({ url, token = '' }) {
    super();
    this.#url = new URL(url);
    if (token) this.#url.searchParams.set('token', token);
  }

  set token(token) {
    this.#url.searchParams.set('token', token);
  }

  get statistics() {
    return { ...this.#statistics };
  }

  /** Milliseconds since the newest frame arrived; Infinity before the first of this connection. */
  get frameAge() {
    return this.#lastArrival ? performance.now() - this.#lastArrival : Infinity;
  }

  connect() {
    this.#running = true;
    clearTimeout(this.#retryTimer);
    this.#setState('connecting', 'Connecting');
    // A browser does not tell a page why a handshake was refused; the same request without the upgrade does.
    const probe = new URL(this.#url);
    probe.protocol = probe.protocol === 'wss:' ? 'https:' : 'http:';
    fetch(probe, { cache: 'no-store' }).then(
      (reply) => this.#probed(reply.status),
      () => this.#retry('The server cannot be reached'));
  }

  close() {
    this.#running = false;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
    this.#resetDecoder();
    this.#setState('closed', 'Closed');
  }

  #probed(status) {
    if (!this.#running) return;
    const refusal = REFUSALS[status];
    if (refusal) {
      this.#setState('refused', refusal, status);
      if (status === 503) this.#scheduleRetry();
      return;
    }
    this.#open();
  }

  #open() {
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempt = 0;
      this.#openedAt = performance.now();
      this.#lastArrival = 0;
      this.#needsKeyframe = true;
      this.#setState('waiting', 'Connected, waiting for a picture');
    };
    socket.onmessage = (event) => this.#received(event.data);
    socket.onclose = (event) => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#resetDecoder();
      if (this.#running) {
        this.#statistics.reconnects++;
        this.#retry(event.code === 4408 ? 'No keyframe came; trying again' : 'The connection was lost');
      }
    };
  }

  #retry(message) {
    if (!this.#running) return;
    this.#setState('connecting', `${message}. Trying again`);
    this.#scheduleRetry();
  }

  #scheduleRetry() {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.connect(), retryDelay(this.#attempt++));
  }

  #received(buffer) {
    if (!(buffer instanceof ArrayBuffer)) return;
    const message = parseMessage(buffer);
    if (message?.kind === 'telemetry') {
      this.#statistics.telemetryReceived++;
      this.#emit('telemetry', message);
    } else if (message?.kind === 'video') {
      this.#statistics.framesReceived++;
      this.#statistics.bytesReceived += buffer.byteLength;
      this.#statistics.lastFrameSeq = message.header.frameSeq;
      this.#lastArrival = performance.now();
      this.#decode(message);
    }
  }

  #decode({ header, payload }) {
    if (header.codec === CODEC_JPEG) {
      this.#decodeJpeg(header, payload);
      return;
    }
    if (!this.#canDecode()) return;
    if (this.#needsKeyframe && !header.keyframe) {
      this.#statistics.framesDropped++;
      return;
    }
    if (header.keyframe && !this.#configure(header.codec, payload)) return;
    const replaying = performance.now() - this.#openedAt < REPLAY_GRACE_MS;
    if (!replaying && this.#decoder.decodeQueueSize > DECODE_QUEUE_LIMIT) {
      this.#statistics.framesDropped++;
      this.#needsKeyframe = true;
      return;
    }
    this.#needsKeyframe = false;
    this.#chunkTime += 1;
    this.#pendingSeq.set(this.#chunkTime, header.frameSeq);
    try {
      this.#decoder.decode(new EncodedVideoChunk({
        type: header.keyframe ? 'key' : 'delta', timestamp: this.#chunkTime, data: payload,
      }));
    } catch (error) {
      this.#decodeFailed(error);
    }
  }

  #canDecode() {
    if (typeof VideoDecoder === 'function') return true;
    this.#setState('unsupported', isSecureContext
      ? 'This browser has no WebCodecs; a current Chrome, Edge, Safari or Firefox has.'
      : 'Browsers decode video only for pages from https or localhost. Serve this page over https.');
    return false;
  }

  /** Makes the decoder fit the stream; false if it cannot. */
  #configure(codec, payload) {
    const wanted = codecString(codec, payload) ?? this.#codec;
    if (!wanted) {
      this.#setState('unsupported', codec === CODEC_H264 || codec === CODEC_HEVC
        ? 'The keyframe has no parameter sets, so it cannot be decoded.'
        : `Codec number ${codec} is not known to this page.`);
      return false;
    }
    if (this.#decoder && this.#decoder.state === 'configured' && wanted === this.#codec) return true;
    this.#resetDecoder();
    const decoder = new VideoDecoder({
      output: (frame) => this.#decoded(frame),
      error: (error) => { if (this.#decoder === decoder) this.#decodeFailed(error); },
    });
    this.#decoder = decoder;
    this.#codec = this.#statistics.codec = wanted;
    const config = { codec: wanted, optimizeForLatency: true };
    VideoDecoder.isConfigSupported(config).then(({ supported }) => {
      if (!supported) this.#setState('unsupported', `This browser cannot decode ${wanted}. H.264 and JPEG always work.`);
    }, () => {});
    try {
      decoder.configure(config);
    } catch (error) {
      this.#decodeFailed(error);
      return false;
    }
    return true;
  }

  #decodeFailed(error) {
    this.#statistics.decodeErrors++;
    console.warn('Decoding failed, going on at the next keyframe:', error);
    this.#resetDecoder();
  }

  #resetDecoder() {
    if (this.#decoder && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
    this.#codec = '';
    this.#needsKeyframe = true;
    this.#pendingSeq.clear();
  }

  async #decodeJpeg(header, payload) {
    try {
      const bitmap = await createImageBitmap(new Blob([payload], { type: 'image/jpeg' }));
      this.#statistics.codec = 'jpeg';
      this.#show(bitmap, bitmap.width, bitmap.height, header.frameSeq);
    } catch (error) {
      this.#decodeFailed(error);
    }
  }

  #decoded(frame) {
    const frameSeq = this.#pendingSeq.get(frame.timestamp) ?? 0n;
    this.#pendingSeq.delete(frame.timestamp);
    this.#show(frame, frame.displayWidth, frame.displayHeight, frameSeq);
  }

  /** Keeps the newest picture only; it is painted when the screen is. */
  #show(image, width, height, frameSeq) {
    this.#statistics.framesDecoded++;
    this.#statistics.width = width;
    this.#statistics.height = height;
    this.#latest?.image.close();
    this.#latest = { image, width, height, frameSeq };
    if (!this.#paintAsked) {
      this.#paintAsked = true;
      requestAnimationFrame(() => this.#paint());
    }
  }

  #paint() {
    this.#paintAsked = false;
    const picture = this.#latest;
    this.#latest = null;
    if (!picture) return;
    this.#emit('picture', picture);
    picture.image.close();
    this.#statistics.framesPainted++;
    if (this.state !== 'live' && this.#socket?.readyState === WebSocket.OPEN) this.#setState('live', 'Live');
  }

  #setState(state, message, status = 0) {
    if (this.state === state && this.message === message) return;
    this.state = state;
    this.message = message;
    this.#emit('state', { state, message, status });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
