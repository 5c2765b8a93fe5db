export { OfflineLine } from './OfflineLine';
export { OfflineNotices } from './OfflineNotices';
export { OfflinePanel } from './OfflinePanel';
