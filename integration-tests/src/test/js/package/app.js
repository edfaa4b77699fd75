// What a bundled program does with the client.

export { Codec, SdrClient, VERSION, parseMessage } from 'sdr-client';
