// What a program in TypeScript does with the client. Only compiled: package.test.mjs does that.

import {
  SdrClient, SdrPlayer, Telemetry, VERSION, WHYS, type ClientError, type ClientOptions, type ClientState, type FrameInfo, type Statistics,
  type Why, duration, wordsFor,
} from 'sdr-client';

const options: ClientOptions = {
  canvas: document.createElement('canvas'), url: new URL('ws://robot:8080/stream/ws'), token: 'secret', staleAfterMs: 500,
  retryFirstMs: 250, retryLimitMs: 1000, worker: true, pauseWhenHidden: false,
};
const client: SdrClient = new SdrClient(options);

const onState = (event: CustomEvent<ClientState>): void => {
  const { state, reason, why, message, httpStatus, retryAt, pictureOld } = event.detail;
  const waitMs: number = retryAt === null ? 0 : retryAt - performance.timeOrigin - performance.now();
  const known: boolean = WHYS.includes(why);
  console.log(state === 'live', reason.length, message.length, httpStatus ?? 0, pictureOld, waitMs, known);
};
const onStatistics = ({ detail }: CustomEvent<Statistics>): void => {
  const dropped: number = detail.framesDropped.late + detail.framesDropped.error;
  const seq: bigint | null = detail.lastFrameSeq;
  console.log(dropped, seq, detail.decoder === 'webcodecs');
  const way: number | null = detail.delays.commitToShownMs;
  const errorMs: number = detail.clock?.errorMs ?? 0;
  console.log(way, errorMs, detail.protocol === 'sdr.2');
};
const onFrame = ({ detail }: CustomEvent<FrameInfo>): void => {
  const { picture } = detail;
  if (picture !== undefined) picture.close();
};
const onTelemetry = ({ detail }: CustomEvent<Telemetry>): void => {
  const text: string | null = detail.text();
  const value: unknown = detail.json();
  const receivedAt: number | null = detail.receivedAt;
  console.log(detail.subject, detail.payload.byteLength, text, value, receivedAt, detail.replayed);
};
const onError = ({ detail }: CustomEvent<ClientError>): void => {
  const why: Why = detail.why;
  console.error(why, detail.message);
};

client.addEventListener('state', onState);
client.addEventListener('statistics', onStatistics, { passive: true });
client.addEventListener('frame', onFrame);
client.addEventListener('telemetry', onTelemetry, { once: true });
client.addEventListener('error', onError, false);
client.addEventListener('server', ({ detail }) => console.log(detail.source.reason, detail.streams.length));
client.addEventListener('state', (event) => console.log(event.detail.state));
client.removeEventListener('state', onState);
client.removeEventListener('statistics', onStatistics, { capture: false });
client.removeEventListener('frame', onFrame);
client.removeEventListener('telemetry', onTelemetry);
client.removeEventListener('error', onError, false);
client.addEventListener('of-the-future', (event: Event) => console.log(event.type));

// @ts-expect-error a token is text
client.setToken(42);
// @ts-expect-error the state is the client's to change
client.state = client.state;
// @ts-expect-error there is no such option
new SdrClient({ address: 'ws://robot' });

const age: number | null = client.pictureAgeMs;
const placement: 'worker' | 'page' | '' = client.placement;
console.log(VERSION, age, placement, client.statistics?.fps);
client.start();
client.pause();
client.resume();
client.retry();
client.stop();
client.close();

const player: SdrPlayer = document.createElement('sdr-player');
Object.assign(player, { url: 'http://robot:8080/', stream: 'front', token: null, label: 'Front camera', muted: true });
player.addEventListener('state', onState);
player.addEventListener('telemetry', onTelemetry);
player.addEventListener('click', ({ clientX }) => console.log(clientX));
player.removeEventListener('state', onState);
// @ts-expect-error a stream has a name
player.stream = 7;
const shown: HTMLCanvasElement | null = player.canvas;
console.log(shown, player instanceof HTMLElement, wordsFor(player.state).title, duration(player.pictureAgeMs ?? 0), player.client?.state);
