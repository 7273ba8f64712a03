package views

import "charm.land/bubbles/v2/key"

// Keymap returns every binding of every screen, by screen, for the documentation. A screen's Keys has those that work
// at a given moment.
func Keymap() []HelpGroup {
	return []HelpGroup{
		{Title: "List", Keys: []key.Binding{
			killsOpen, killsUnfold, killsFold, killsGroup, killsDiagnose, killsFilter, killsKeep, killsClear, killsSort, killsTab,
			killsMarkKey, killsFixMarked, killsCopy, killsMove, killsPage, killsEnds,
		}},
		{Title: "List: at risk", Keys: []key.Binding{riskOpen, riskUnfold, riskFold, riskGroup, riskDiagnose, riskFilter, riskKeep, riskClear, riskSort, riskCopy, riskMove}},
		{Title: "Case", Keys: []key.Binding{
			keyCaseDiagnose, keyCaseShorter, keyCaseLonger, keyCaseEarlier, keyCaseLater, keyCaseKill, keyCaseKillNext, keyCaseNoCursor,
			keyCaseIn, keyCaseOut, keyCasePanBack, keyCasePanOn, keyCaseWhole, keyCaseParts, keyCaseReplicas, keyCaseLevels, keyCaseAhead, keyCaseDots,
			keyCaseTable, keyCaseDown, keyCaseUp, keyCasePageDown, keyCasePageUp, keyCaseNewest, keyCaseOldest, keyCaseCopy, keyCaseReload,
		}},
		{Title: "Case and diagnosis", Keys: toolKeys},
		{Title: "Diagnosis", Keys: []key.Binding{stepNext, stepBack, stepJump, stepTab, stepCopy, stepSize, stepWhy, stepCase, stepFix, stepRead, stepMake}},
		{Title: "Fix", Keys: []key.Binding{
			fixYes, fixNo, fixEditKey, fixWay, fixKnobs, fixUnfold, fixRaw, fixExportKey, fixCopy, fixUndo, fixEnd, fixAgain, fixNoRecord,
			fixDiagnosis, fixSkip, fixNext, fixEndSeries, fixRead,
		}},
		{Title: "Fix: editing numbers", Keys: []key.Binding{editPlan, editNext, editLeave}},
		{Title: "Fix: export", Keys: []key.Binding{exportCopy, exportSave, exportNext, exportPrev, exportLeave}},
		{Title: "Fix: typed confirmation", Keys: []key.Binding{confirmApply, confirmLeave}},
		{Title: "Changes made", Keys: []key.Binding{historyOpen, historyClose, historyUndo, historyCopy, historyAgain, historyMove}},
		{Title: "Artifacts", Keys: []key.Binding{artifactCopy, artifactSave, artifactCommand, artifactNext, artifactPrev, artifactRead}},
		{Title: "Profile", Keys: []key.Binding{profileHeap, profileGoroutines, profileNext, profilePrev, profileCopy, profileAgain, profileRead}},
		{Title: "Glossary", Keys: []key.Binding{glossaryMove, glossaryEnds, glossaryCopy, glossaryRead}},
		{Title: "Prometheus", Keys: []key.Binding{connectionUse, connectionFind, connectionMove}},
		{Title: "Go to", Keys: []key.Binding{paletteRun, paletteMove, paletteType, paletteBack}},
		{Title: "Theme", Keys: []key.Binding{themeTake, themeMove, themeBack}},
		{Title: "Messages", Keys: []key.Binding{messagesCopy, messagesMove}},
		{Title: "Namespace and cluster", Keys: []key.Binding{pickerTake, pickerMove, pickerType, pickerBack}},
	}
}
