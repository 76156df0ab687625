/** The same machines as a person would write them, with the same immutable contexts. */

export interface Lamp {
  state: 'off' | 'on';
}

export function stepLamp(lamp: Lamp, event: string): boolean {
  switch (lamp.state) {
    case 'off':
      switch (event) {
        case 'toggled':
          lamp.state = 'on';
          return true;
        default:
          return false;
      }
    case 'on':
      switch (event) {
        case 'toggled':
          lamp.state = 'off';
          return true;
        default:
          return false;
      }
    default:
      return false;
  }
}

export interface MeterContext {
  readonly total: number;
  readonly rounds: number;
}
export interface Meter {
  state: 'cold' | 'warm' | 'high';
  context: MeterContext;
}

export function stepMeter(meter: Meter, event: string, payload: { readonly by: number } | undefined): boolean {
  const { context } = meter;
  switch (event) {
    case 'ticked': {
      const by = payload?.by ?? 0;
      switch (meter.state) {
        case 'cold':
          if (context.total + by > 10) {
            meter.context = { ...context, total: context.total + by };
            meter.state = 'warm';
            return true;
          }
          return tickLow(meter, by);
        case 'warm':
          return tickLow(meter, by);
        case 'high':
          meter.context = { ...context, rounds: context.rounds + 1 };
          meter.state = 'cold';
          return true;
        default:
          return false;
      }
    }
    case 'reset':
      meter.context = { ...context, total: 0, rounds: context.rounds + 1 };
      meter.state = 'cold';
      return true;
    default:
      return false;
  }
}

function tickLow(meter: Meter, by: number): boolean {
  const { context } = meter;
  if (context.total >= 20) {
    meter.context = { ...context, total: 0 };
    meter.state = 'high';
  } else meter.context = { ...context, total: context.total + by };
  return true;
}

export interface Desk {
  light: 'dark' | 'bright';
  fan: 'still' | 'turning';
  meter: 'low' | 'up';
  context: MeterContext;
}

export function stepDesk(desk: Desk, event: string, payload: { readonly by: number } | undefined): boolean {
  switch (event) {
    case 'toggled':
      desk.light = desk.light === 'dark' ? 'bright' : 'dark';
      desk.fan = desk.fan === 'still' ? 'turning' : 'still';
      return true;
    case 'ticked':
      if (desk.fan === 'still') desk.fan = 'turning';
      if (desk.meter === 'low') {
        desk.context = { ...desk.context, total: desk.context.total + (payload?.by ?? 0) };
        desk.meter = 'up';
      } else desk.meter = 'low';
      return true;
    case 'reset':
      desk.light = 'dark';
      return true;
    default:
      return false;
  }
}
