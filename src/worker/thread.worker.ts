import { serve, type ThreadSetup } from '../model/cpu/wasm/thread';

self.onmessage = ({ data }: MessageEvent<ThreadSetup>) => serve(data, () => self.postMessage(null));
