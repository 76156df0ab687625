/** The run that code finds itself in when it is tried. It looks like any other: nothing to tell a trial by. */
export const triedRun = '5b0e3c1e-6f0a-4a57-9a0e-2d6c8f1b7a43';
