export const undo = {
  dismiss: 'Dismiss',
};
