/** The filters of the first convolution, and the feature maps of an image that a person chooses. */
import { useSignal } from '@preact/signals';
import { t } from '../messages/language.js';
import { firstLayers, isInSight } from '../state/firstLayers.js';
import { ExampleChoice } from './exampleChoice.js';
import { FeatureMapList } from './featureMapList.js';
import { FilterList } from './filterList.js';
import { Panel } from './panel.js';
import { useInSight } from './useInSight.js';

export function FirstLayersPanel() {
  const texts = t.value.firstLayers;
  const place = useInSight(isInSight);
  const stretched = useSignal(false);
  const looked = firstLayers.value;
  return (
    <Panel id="first-layers" title={texts.title} hint={texts.hint}>
      <div class="first-layers" ref={place}>
        {looked === undefined ? (
          <p class="empty">{texts.empty}</p>
        ) : (
          <>
            <ExampleChoice example={looked.example} />
            <FilterList filters={looked.filters} />
            <label class="choice">
              <input
                type="checkbox"
                checked={stretched.value}
                onChange={({ currentTarget }) => {
                  stretched.value = currentTarget.checked;
                }}
              />
              {texts.stretch}
            </label>
            {looked.featureMaps.map((featureMaps) => (
              <FeatureMapList key={featureMaps.layer} featureMaps={featureMaps} stretched={stretched.value} />
            ))}
          </>
        )}
      </div>
    </Panel>
  );
}
