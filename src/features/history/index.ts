export { History } from './History';
export { PinnedComparison } from './PinnedComparison';
