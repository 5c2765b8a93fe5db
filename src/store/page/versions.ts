import { dependencies, version } from '../../../package.json';
import { type Versions, versionOfFiles } from '../../core/run/exports';
import { useLoading } from '../engine/loading';

/** Of the page, of web-llm, and of the models that the manifest names. */
export function currentVersions(): Versions {
  const { manifest } = useLoading.getState();
  const files = manifest ? Object.values(manifest.models).flatMap(({ library, files: others }) => [library, ...others]) : [];
  return {
    page: version,
    webLlm: dependencies['@mlc-ai/web-llm'],
    models: manifest ? versionOfFiles(files.map(({ sha256 }) => sha256)) : null,
  };
}
