/** Types of index.js; what things mean is said in the modules. */

export const VERSION: string;
export const Codec: Readonly<{ H264: 1; HEVC: 2; JPEG: 3 }>;

export type State = 'idle' | 'connecting' | 'waiting' | 'live' | 'stale' | 'paused' | 'reconnecting' | 'refused'
  | 'unsupported' | 'failed' | 'stopped';

/**
 * What a state is due to; whoever words it needs nothing else. What each means is said at WHYS in state.js. New ones
 * may follow: word an unknown one by `state`, or show `message`.
 */
export type Why = 'idle' | 'connecting' | 'joining' | 'live' | 'recovering' | 'resuming' | 'paused' | 'hidden' | 'play-blocked'
  | 'no-frames' | 'no-keyframe' | 'not-arriving' | 'unexplained'
  | 'stream' | 'late' | 'undecodable' | 'decoder-slow' | 'reduced' | 'decoder-missing' | 'codec-unsupported' | 'insecure-context'
  | 'lost' | 'no-answer' | 'server-stopping' | 'proxy' | 'no-websocket' | 'http-error'
  | 'full' | 'full-for-address' | 'unauthorized' | 'token-wrong' | 'origin-refused' | 'host-refused' | 'no-stream'
  | 'mixed-content' | 'blocked-by-csp' | 'bad-address' | 'canvas-in-use' | 'worker-failed' | 'worker-hung'
  | 'stopped' | 'closed';
export const WHYS: readonly Why[];

export interface ClientState {
  readonly state: State;
  readonly reason: string;
  readonly why: Why;
  readonly message: string;
  readonly httpStatus: number | null;
  readonly retryAt: number | null;
  /** A picture is shown that is too old to steer by, whatever the state. With hysteresis; drawn from it nothing flickers. */
  readonly pictureOld: boolean;
  /** With `why` 'stream': the server's name for what is wrong with the stream as such, e.g. 'split_units'; else ''. */
  readonly condition: string;
  /** With `why` 'no-keyframe': the server says that it has asked the encoder for one. */
  readonly keyframeAsked: boolean;
  /** With `why` 'no-frames' or 'no-keyframe': why, as the server says it, without a full stop; '' where it does not. */
  readonly serverReason: string;
}

/** Of pictures, in milliseconds: medians over what was shown in the last two seconds. Null where not known. */
export interface Delays {
  readonly captureToCommitMs: number | null;
  readonly commitToServerMs: number | null;
  /** The server's queue, its socket, the network. */
  readonly serverToReceivedMs: number | null;
  readonly receivedToDecodedMs: number | null;
  readonly decodedToShownMs: number | null;
  readonly captureToShownMs: number | null;
  readonly commitToShownMs: number | null;
  /** By how much those from the server's machine to this one may be wrong. */
  readonly clockErrorMs: number | null;
}

/** What a server that speaks sdr.2 says of itself and of the stream. More may follow. */
export interface ServerState {
  readonly server: string;
  readonly version: string;
  readonly stream: string;
  readonly title: string;
  readonly source: {
    readonly state: 'live' | 'stale' | 'absent';
    readonly reason: string;
    readonly conditions: readonly { readonly condition: string; readonly why: string }[];
  };
  readonly nats: string;
  readonly role: string;
  readonly control: unknown;
  readonly streams: readonly { readonly name: string; readonly title: string }[];
}

export interface Statistics {
  readonly framesReceived: number;
  readonly framesDecoded: number;
  readonly framesPainted: number;
  /** Written, but never came; without the units of parameter sets that the server says it has withheld. */
  readonly framesMissed: number;
  readonly framesDropped: Readonly<Record<'late' | 'error' | 'gap' | 'superseded' | 'suspended', number>>;
  readonly videoBytes: number;
  readonly telemetryReceived: number;
  readonly malformed: number;
  readonly connects: number;
  readonly fps: number;
  readonly bitsPerSecond: number;
  readonly codec: string;
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
  readonly lastFrameSeq: bigint | null;
  readonly lastFrameId: bigint | null;
  readonly lastArrivedAt: number | null;
  readonly delayMs: number | null;
  readonly delays: Delays;
  /** '' for the old protocol, or while not connected. */
  readonly protocol: '' | 'sdr.2';
  /** How well the server's clock is known. */
  readonly clock: { readonly errorMs: number; readonly roundTripMs: number } | null;
  readonly decoder: '' | 'webcodecs' | 'mse' | 'jpeg';
  /** Pictures come in another order than they are shown in: the encoder makes B-frames. */
  readonly bFrames: boolean;
  /** What these cost: so much later each frame is, since it waits for others. 0 without them. */
  readonly reorderDelayMs: number;
}

export interface FrameInfo {
  readonly frameSeq: bigint;
  readonly frameId: bigint;
  readonly codec: number;
  readonly keyframe: boolean;
  readonly width: number;
  readonly height: number;
  readonly arrivedAt: number;
  readonly writtenBy: number | null;
  readonly shownAt: number;
  readonly decodedAt: number;
  /** By the server's word, and wrong by `clockErrorMs` at most; null where it does not say. */
  readonly capturedAt: number | null;
  readonly committedAt: number | null;
  readonly serverAt: number | null;
  readonly clockErrorMs: number | null;
  /**
   * Only when the client has no canvas. Whoever reads this property has to close the picture. What nobody has read when
   * the next frame comes is closed by the client.
   */
  readonly picture?: VideoFrame | ImageBitmap;
}

export class Telemetry {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly arrivedAt: number;
  /** It is from before this client came: the last one of its subject. */
  readonly replayed: boolean;
  /** When the server had it; null where it does not say, or while its clock is not known. */
  readonly receivedAt: number | null;
  text(): string | null;
  json(): unknown;
}

/** The newest message of a subject, and how many came with it. The payload is at most 64 KiB of a longer one. */
export class TelemetryValue extends Telemetry {
  /** Messages since the last time, without those that were kept for newcomers. */
  readonly count: number;
  /** It is from before this connection, or may be. */
  readonly kept: boolean;
  /** Of the whole payload. */
  readonly lengthBytes: number;
}

export interface TelemetryValues {
  readonly values: readonly TelemetryValue[];
  /** Messages of subjects beyond 1000. */
  readonly others: number;
}

export interface ClientOptions {
  canvas?: HTMLCanvasElement;
  url?: string | URL;
  token?: string;
  staleAfterMs?: number;
  retryFirstMs?: number;
  retryLimitMs?: number;
  worker?: boolean;
  pauseWhenHidden?: boolean;
  /** 'each' message is an event 'telemetry' (default), or 'gathered': 'telemetryvalues', at most ten a second. */
  telemetry?: 'each' | 'gathered';
  /** false: decoders are not told where pictures of H.264 come in order though the stream does not say so. */
  lowDelaySps?: boolean;
  /** So many pictures a second at most, 0.1 to 1000, as far as the stream allows it. */
  maxFps?: number;
}

export interface ClientError {
  readonly why: Why;
  readonly message: string;
}

export interface ClientEvents {
  state: CustomEvent<ClientState>;
  statistics: CustomEvent<Statistics>;
  frame: CustomEvent<FrameInfo>;
  telemetry: CustomEvent<Telemetry>;
  telemetryvalues: CustomEvent<TelemetryValues>;
  server: CustomEvent<ServerState>;
  /** The state became 'failed', or something broke that it need not follow from. */
  error: CustomEvent<ClientError>;
}

export class SdrClient extends EventTarget {
  constructor(options?: ClientOptions);
  readonly state: ClientState;
  readonly statistics: Statistics | null;
  readonly pictureAgeMs: number | null;
  readonly server: ServerState | null;
  readonly placement: '' | 'worker' | 'page';
  start(): void;
  stop(): void;
  pause(): void;
  resume(): void;
  retry(): void;
  setToken(token: string): void;
  /**
   * Whether the canvas is where people can see it; while not, all is as in a hidden page. areaPx: how large it is; where a
   * computer cannot show all clients of a page in full the smallest are reduced first.
   */
  setInView(inView: boolean, areaPx?: number): void;
  close(): void;
  addEventListener<Name extends keyof ClientEvents>(type: Name, listener: (event: ClientEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof ClientEvents>(type: Name, listener: (event: ClientEvents[Name]) => void,
    options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions): void;
}

/** The element sdr-player; what its attributes mean is said in player-element.js. */
export class SdrPlayer extends HTMLElement {
  url: string | null;
  stream: string | null;
  token: string | null;
  label: string | null;
  /** As the option of the client; at the next connection. */
  telemetry: string | null;
  /** Attribute max-fps, as the option of the client. Set it to a number or a text. */
  get maxFps(): string | null;
  set maxFps(value: string | number | null);
  muted: boolean;
  bare: boolean;
  readonly client: SdrClient | null;
  readonly canvas: HTMLCanvasElement | null;
  readonly state: ClientState;
  readonly statistics: Statistics | null;
  readonly pictureAgeMs: number | null;
  pause(): void;
  resume(): void;
  retry(): void;
  addEventListener<Name extends keyof ClientEvents>(type: Name, listener: (event: ClientEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(type: Name, listener: (event: HTMLElementEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof ClientEvents>(type: Name, listener: (event: ClientEvents[Name]) => void,
    options?: boolean | EventListenerOptions): void;
  removeEventListener<Name extends keyof HTMLElementEventMap>(type: Name, listener: (event: HTMLElementEventMap[Name]) => void,
    options?: boolean | EventListenerOptions): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** What a state is called, and what can be said and done about it. */
export interface Words {
  readonly name: string;
  readonly noticed: boolean;
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  readonly stale: string;
  readonly kind: 'stale' | 'reduced' | 'paused';
  readonly alarm: string;
  readonly spins: boolean;
  readonly offers: '' | 'retry' | 'play' | 'token';
  readonly spoken: string;
}
export function wordsFor(state: Pick<ClientState, 'state' | 'why' | 'message'> & Partial<ClientState>): Words;
export function conditionWords(conditions: string[], bFramesSaid: boolean): string;
export function duration(ms: number): string;

export interface VideoMessage {
  readonly type: 'video';
  readonly frameId: bigint;
  readonly frameSeq: bigint;
  readonly flags: number;
  readonly codec: number;
  readonly keyframe: boolean;
  readonly payload: Uint8Array;
}

export interface TelemetryMessage {
  readonly type: 'telemetry';
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly replayed?: boolean;
  readonly receivedNanos?: bigint;
}

export interface FrameTimesMessage {
  readonly type: 'frame-times';
  readonly frameSeq: bigint;
  readonly captureNanos: bigint | null;
  readonly commitNanos: bigint;
  readonly serverNanos: bigint;
  readonly clockErrorMicros: number;
  readonly mayBeMissing: number;
}

export interface ClockMessage {
  readonly type: 'clock';
  readonly askedAs: bigint;
  readonly receivedNanos: bigint;
  readonly sentNanos: bigint;
}

export interface StateMessage {
  readonly type: 'state';
  readonly state: Record<string, unknown>;
}

export interface OtherMessage {
  readonly type: 'reserved' | 'malformed';
  readonly detail: string;
}

export interface StreamDescription {
  readonly codecString: string;
  readonly width: number;
  readonly height: number;
}

/* The parts, for those who build their own client. */
/** sdr2: of a connection for which that was selected; else there are no frame times, clock or state messages. */
export function parseMessage(buffer: ArrayBuffer, sdr2?: boolean):
  VideoMessage | TelemetryMessage | FrameTimesMessage | ClockMessage | StateMessage | OtherMessage;
export const SDR2: 'sdr.2';
export const Doing: Readonly<{ PLAYING: 0; PAUSED: 1; DECODER_FAILED: 2; WAITING_FOR_KEYFRAME: 3 }>;
export function clockQuestion(askedAs: bigint): ArrayBuffer;

export interface FrameAt {
  readonly frameSeq: bigint;
  readonly atNanos: bigint;
}

export function feedbackMessage(said: {
  doing: number; decodeQueue: number; clockErrorMicros: number; received: FrameAt | null; displayed: FrameAt | null;
  counts: { received: number; decoded: number; dropped: number };
}): ArrayBuffer;

export interface ClockEstimate {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly roundTripMs: number;
}

export class ServerClock {
  constructor(stepMs: number);
  due(nowMs: number): boolean;
  ask(nowMs: number): bigint;
  answered(answer: { askedAs: bigint; receivedNanos: bigint; sentNanos: bigint }, nowMs: number): boolean;
  estimate(nowMs: number): ClockEstimate | null;
}

export function fromServer(estimate: ClockEstimate, nanos: bigint): number;
export function toServer(estimate: ClockEstimate, atMs: number): bigint;
export function codecName(codec: number): string;
export function nalUnits(data: Uint8Array): Uint8Array[];
export function describeH264(unit: Uint8Array): StreamDescription | null;
export function describeHevc(unit: Uint8Array): StreamDescription | null;

/** What a decoder has to know before a keyframe; the same object while its parameter sets are the same. */
export interface Format {
  readonly description: StreamDescription;
  readonly pixel: { readonly width: number; readonly height: number };
  readonly profile: number;
  /** Equal where a decoder that was made for one does for the other. */
  readonly shape: string;
  readonly sets: readonly Uint8Array[];
}

export class ParameterSets {
  /** lowDelay: an SPS of H.264 is made to say that pictures come in order, where that is true. */
  constructor(codec: number, lowDelay?: boolean);
  readonly description: StreamDescription | null;
  readonly units: Uint8Array[];
  keyframe(payload: Uint8Array): { data: Uint8Array; changed: boolean };
  /**
   * Learns from any unit. picture: false when there is none in it; begins: false when it goes on with the one before;
   * outOfOrder: not to be shown, since decoders were told that there is none such.
   */
  accessUnit(payload: Uint8Array, keyframe: boolean):
    { data: Uint8Array; picture: boolean; begins: boolean; outOfOrder: boolean; format: Format | null };
  /** Another encoder begins. */
  forget(): void;
}

export class KeyframeGate {
  missed: number;
  /** Of those missed, the few right before keyframes, which the server may have withheld. */
  missedBeforeKeyframes: number;
  /** It waits for a keyframe. */
  readonly shut: boolean;
  /** What is missing up to the next keyframe is no loss. */
  leaveOut(): void;
  /** The sequence goes back on this connection: another writer. */
  beginsAgain(message: { frameSeq: bigint }): boolean;
  reset(): void;
  admits(message: { frameSeq: bigint; keyframe: boolean }): boolean;
}

export class Backoff {
  constructor(firstMs: number, limitMs: number, random?: () => number);
  readonly attempts: number;
  next(): number;
  reset(): void;
}

/** How many of the frames that did not come were lost, and not withheld by the server. */
export class Withheld {
  connected(missedBeforeKeyframes: number): void;
  open(missedBeforeKeyframes: number): boolean;
  told(missedBeforeKeyframes: number, count: number | undefined): void;
  lost(missed: number, missedBeforeKeyframes: number): number;
}

/** Whether the units that come are pieces of pictures. */
export class SplitUnits {
  continuation(nowMs: number): void;
  holds(nowMs: number): boolean;
  reset(): void;
}

/** When to join anew because no picture can be made of what comes. */
export class Rejoining {
  due(stuckSince: number | null, nowMs: number): boolean;
  helped(): void;
}

export class Freshness {
  constructor(staleAfterMs: number);
  readonly doubtful: boolean;
  connected(nowMs: number): void;
  arrived(nowMs: number): void;
  answered(nowMs: number, newestAgeMs: number | null): void;
  writtenBy(arrivedAt: number): number | null;
}

export class FrameInterval {
  /** Null before the first. */
  readonly milliseconds: number | null;
  reset(): void;
  arrived(nowMs: number, frameSeq: bigint): void;
}

export class StaleAlarm {
  constructor(floorMs: number);
  readonly raised: boolean;
  limitMs(intervalMs: number | null): number;
  reset(): void;
  check(nowMs: number, ageMs: number, limitMs: number): boolean;
}

/** What was sent into a decoder and has not come out, which with B-frames it does in another order. */
export class Decoding {
  readonly size: number;
  readonly oldestSentAt: number | null;
  sent(key: number, unit: unknown, nowMs: number): void;
  came(key: number): { unit: unknown; overtakenBy: number; lost: number } | null;
  clear(): number;
}

export class Watchdog {
  constructor(bark: () => void, clock?: () => number);
  broken: string | null;
  start(): void;
  stop(): void;
  heard(): boolean;
  look(): void;
}

export interface Cause {
  readonly reason: string;
  readonly why: Why;
  readonly message: string;
}

export const CONDITION_MESSAGES: Readonly<Record<string, string>>;
export const PLAIN_H264: string;
export function unsupportedCodec(codec: number, codecString: string, plain?: boolean): Cause;
export function noWebCodecs(codec: number, secure: boolean, protocol?: string): Cause;
export function causeOfAnswer(answer: { status: number; body: string; origin: string; token: boolean }): Cause & { refused: boolean };
export function causeOfThrow(errorName: string, address: string, pageProtocol?: string): Cause;
export function blockedBy(violation: { effectiveDirective: string; blockedURI: string; disposition: string },
  addresses: { stream: URL; health: URL }): 'stream' | 'health' | null;

export class RateMeter {
  constructor(windowMs?: number);
  add(nowMs: number, amount?: number): void;
  perSecond(nowMs: number): number;
}

declare global {
  interface HTMLElementTagNameMap {
    'sdr-player': SdrPlayer;
  }
}
