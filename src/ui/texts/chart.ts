export const chart = {
  asTable: 'As a table',
  tableOf: (title: string) => `${title}, as a table`,
};
