import { protect } from '../../actions/offline';
import { usePublished } from '../../store/models/published';
import { useOffline } from '../../store/offline/offline';
import { ActionButton } from '../../ui/ActionButton';
import { FigureList } from '../../ui/FigureList';
import { formatBytes } from '../../ui/format';
import { hubModels as words } from '../../ui/texts/hubModels';
import { offline } from '../../ui/texts/offline';

/** What models run on and are kept in here. */
export function DeviceFigures() {
  const { device, deviceKnown } = usePublished();
  const { room, protected: isProtected } = useOffline();
  const protection = isProtected === null ? 'unknown' : isProtected ? 'yes' : 'no';
  const memory = device?.memoryBytes ?? null;
  const ofDevice = device
    ? [
        {
          key: 'features',
          name: words.featuresName,
          value: words.features([...device.features].filter((name) => name !== 'timestamp-query')),
        },
        { key: 'binding', name: words.binding, value: formatBytes(device.bindingBytes) },
        { key: 'device-memory', name: words.memory, value: memory === null ? words.memoryUntold : formatBytes(memory) },
      ]
    : [];
  return (
    <section className="hub-part hub-device" aria-labelledby="hub-device">
      <h3 id="hub-device">{words.device}</h3>
      {device ? null : <p>{deviceKnown ? words.noDevice : words.asking}</p>}
      <FigureList
        figures={[
          ...ofDevice,
          { key: 'room', name: words.room, value: room ? words.roomOf(room.used, room.available) : words.roomUntold },
          {
            key: 'protected',
            name: words.protection,
            note: isProtected === false ? offline.protectionNote : undefined,
            value: offline.protections[protection],
          },
        ]}
      />
      {isProtected === false ? <ActionButton action={protect} look="small" /> : null}
    </section>
  );
}
