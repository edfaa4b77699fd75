// Two cameras of a robot in a React 19 page, each with its state in words below it. Needs the package sdr-client.

import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'sdr-client';

const ROBOT = new URLSearchParams(location.search).get('robot') ?? 'http://robot:8080/';

function Camera({ stream, title }) {
  const [message, setMessage] = useState('');
  return (
    <figure>
      <sdr-player url={ROBOT} stream={stream} label={title} muted onstate={({ detail }) => setMessage(detail.message)} />
      <figcaption>{message}</figcaption>
    </figure>
  );
}

function Cameras() {
  const [shown, setShown] = useState(true);
  return (
    <main>
      <button onClick={() => setShown(!shown)}>{shown ? 'Hide' : 'Show'}</button>
      {shown && <Camera stream="front" title="Front camera" />}
      {shown && <Camera stream="wrist" title="Wrist camera" />}
    </main>
  );
}

createRoot(document.getElementById('root')).render(<StrictMode><Cameras /></StrictMode>);
