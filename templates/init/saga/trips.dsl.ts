import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('trips', { version: '1.0.0', description: 'Books trips: all of one, or nothing.' });

const Trip = z.object({ id: z.string().min(1), city: z.string() });
const Booking = z.object({ reference: z.string() });

const book = {
  input: Trip,
  output: Booking,
  errors: ['SOLD_OUT'],
  retry: { attempts: 3, backoff: 'exponential', delay: '200ms' },
  timeout: '10s',
  idempotent: true,
} as const;

/** An undo must not give up easily. */
const cancel = {
  input: Booking,
  output: z.void(),
  retry: { attempts: 10, backoff: 'exponential', delay: '200ms', maxDelay: '1m' },
  idempotent: true,
} as const;

export const bookFlight = task('bookFlight', book);
export const cancelFlight = task('cancelFlight', cancel);

export const bookRoom = task('bookRoom', book);
export const cancelRoom = task('cancelRoom', cancel);

export const rentCar = task('rentCar', book);
export const returnCar = task('returnCar', cancel);

/** All of it, or nothing: when a step fails, those before it are undone, newest first. */
export const bookTrip = flow(
  'bookTrip',
  { input: Trip, output: z.object({ flight: z.string(), room: z.string(), car: z.string() }) },
  (f) => f
    .step('flight', ({ input }) => bookFlight(input))
    .undo(({ flight }) => cancelFlight({ reference: flight.reference }))
    .step('room', ({ input }) => bookRoom(input))
    .undo(({ room }) => cancelRoom({ reference: room.reference }))
    .step('car', ({ input }) => rentCar(input))
    .undo(({ car }) => returnCar({ reference: car.reference }))
    .returns(({ flight, room, car }) => ({ flight: flight.reference, room: room.reference, car: car.reference })),
);
