// What a bundled program does with the client.

export { Codec, SdrClient, SdrPlayer, VERSION, parseMessage } from 'sdr-client';
