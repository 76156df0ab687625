/** The page of a crossing. The machine says where everything stands; the style sheet says how that looks. */
import { createMachineHost, type Instance } from 'millrace/machine';
import {
  crossing,
  type CrossingContext,
  type CrossingEvent,
  type CrossingState,
} from '../../../generated/crossing/machines/crossing.ts';

const street = 'High Street';
const host = createMachineHost({ machines: [crossing] });

/** What was there before the page was loaded anew goes on, timers included. */
function open(): Instance<CrossingContext, CrossingState, CrossingEvent> {
  try {
    host.restore(localStorage.getItem('crossing') ?? '');
  } catch {
    // Nothing is stored, or a crossing of another version is.
  }
  return host.get(crossing, street) ?? host.create(crossing, { id: street, context: { crossings: 0 } });
}

const lights = open();
const button = document.querySelector<HTMLButtonElement>('#press')!;
const sun = document.querySelector<HTMLButtonElement>('#sun')!;
const count = document.querySelector('output')!;

function draw(): void {
  const { state, context } = lights.getSnapshot();
  document.body.className = state.join(' ');
  button.disabled = !lights.can('pressed');
  sun.textContent = lights.in('day') ? 'Night falls' : 'Day breaks';
  count.value = String(context.crossings);
}

button.addEventListener('click', () => lights.send({ name: 'pressed', payload: { street } }));
sun.addEventListener('click', () =>
  lights.send({ name: lights.in('day') ? 'nightFell' : 'dayBroke', payload: { street } }),
);
host.subscribe(() => localStorage.setItem('crossing', JSON.stringify(host.dump())));
lights.subscribe(draw);
draw();
