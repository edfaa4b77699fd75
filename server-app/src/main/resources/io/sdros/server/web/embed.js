/** The page for frames: one picture, which tells its own state. */

import { AccessToken } from './page-memory.js';
import './sdr-client.js';

const token = new AccessToken();
const player = document.querySelector('sdr-player');
player.addEventListener('state', ({ detail }) => {
  if (detail.why === 'token-wrong' && player.token === token.value && token.refused()) player.token = token.value;
});
player.token = token.value;
player.maxFps = new URL(location.href).searchParams.get('max_fps');
