/**
 * How <sdr-player> looks. Pages change it by ::part: picture, bar, dot, label, state, age, alarm, alarm-title, notice,
 * notice-title, action. Sizes follow the player's own width, so that a tile is as clear as a whole window.
 */
export const PLAYER_STYLE = `
:host {
  display: block;
  position: relative;
  overflow: hidden;
  min-width: 0;
  aspect-ratio: 16 / 9;
  background: #000;
  color: #e8edf2;
  font: 0.875rem/1.4 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  container-type: size;
}
:host([hidden]), [hidden] { display: none !important; }
.picture { position: absolute; inset: 0; }
canvas, ::slotted(canvas) { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
p { margin: 0; }

:host(:not([bare])) .picture[data-old="stale"] { filter: grayscale(1) brightness(0.45); }
.frame { position: absolute; inset: 0; border: 0 solid transparent; pointer-events: none; }
.frame[data-old] { border: clamp(3px, 1cqw, 6px) solid #f5b83d; }
.frame[data-old="stale"] { border-color: #ff6a60; }

.overlay { position: absolute; inset: 0; display: flex; flex-direction: column; pointer-events: none; }
:host([bare]) .overlay, :host([bare]) .frame { display: none; }
.bar { display: flex; flex-wrap: wrap; gap: 0.25rem; padding: clamp(4px, 1.2cqw, 10px); }
.bar p {
  display: flex;
  align-items: center;
  gap: 0.4rem;
  min-width: 0;
  padding: 0.1rem 0.55rem;
  border-radius: 1rem;
  background: rgb(10 14 18 / 88%);
  font-size: clamp(0.6875rem, 3.2cqw, 0.8125rem);
  font-weight: 600;
}
.bar .label { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.age { min-width: 5.5ch; justify-content: end; }
.age[data-old="stale"] { color: #ff6a60; }
.dot { flex: none; width: 0.6em; height: 0.6em; border-radius: 50%; background: #f5b83d; }
.dot[data-state="live"] { background: #3ddc97; }
.dot[data-state="stale"], .dot[data-state="refused"], .dot[data-state="unsupported"], .dot[data-state="failed"] { background: #ff6a60; }

.middle {
  display: flex;
  flex: 1;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 0.4rem;
  min-height: 0;
  padding: 0 clamp(6px, 2cqw, 16px) clamp(6px, 2cqw, 16px);
  font-size: clamp(0.6875rem, 3cqw, 1rem);
  text-align: center;
  overflow-wrap: anywhere;
}
.alarm { max-width: 100%; padding: 0.3em 1em; border-radius: 0.4rem; background: #ff6a60; color: #140202; }
.alarm strong { display: block; font-size: 1.7em; line-height: 1.15; }
.alarm:is([data-old="paused"], [data-old="reduced"]) { margin-top: auto; background: #f5b83d; color: #1d1300; }
.alarm:is([data-old="paused"], [data-old="reduced"]) strong { display: inline; font-size: inherit; }
.notice {
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: 0.3em;
  max-width: min(27rem, 100%);
  max-height: 100%;
  padding: 0.6em 1em;
  overflow: hidden;
  border: 1px solid #26303b;
  border-radius: 0.5rem;
  background: rgb(16 21 27 / 96%);
}
.notice strong { font-size: 1.15em; }
.hint { color: #a9b5c1; }
button {
  min-height: 2rem;
  padding: 0.2rem 0.8rem;
  border: 0;
  border-radius: 0.5rem;
  background: #6cb6ff;
  color: #04121f;
  font: inherit;
  font-weight: 600;
  pointer-events: auto;
  cursor: pointer;
}
button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
/* Where a tile is too small for whole sentences it says the most important in words, and the rest by colour. */
@container (max-width: 15rem) { .age:not([data-old]) { display: none; } }
@container (max-width: 15rem) or (max-height: 9rem) { .hint, .alarm:not([hidden]) ~ .notice { display: none; } }
@container (max-width: 11rem) or (max-height: 6.5rem) { .why, .text { display: none; } .alarm, .notice { padding: 0.1em 0.6em; } }
@media (forced-colors: active) { .dot, .alarm, .frame { forced-color-adjust: none; } }
`;
