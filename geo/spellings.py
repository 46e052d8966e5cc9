"""How offices spell layers, columns and values: words separated by blanks, compared by `geo.headers`.

Simplified and Traditional Chinese and English; OpenStreetMap's road classes as well. The schema's own names
always count and are not repeated here.
"""

from collections.abc import Mapping

LAYER_SPELLINGS: Mapping[str, str] = {
    "communities": "community 社区 社區 社区边界 社区范围 社区面 居委会 居民委员会 村居 社区村",
    "compounds": "compound 小区 小區 住宅小区 居民小区 居住小区 小区边界 小区台账 estates estate",
    "buildings": "building 楼栋 樓棟 楼幢 楼宇 建筑 建築 建筑物 房屋 楼房 栋",
    "parcels": "parcel 地块 地塊 宗地 基本单元 基本單元 微网格 统计小区 普查小区 最小统计区",
    "institutions": "institution 驻区单位 駐區單位 两新组织 兩新組織 单位 單位 企业 驻区企业 机构",
    "organisations": "organisation organizations organization 党组织 黨組織 基层党组织 党支部 支部",
    "venues": "venue 阵地 陣地 党群服务中心 黨群服務中心 党群阵地 服务中心 服务站 centres centers",
    "roads": "road 道路 路网 路網 道路中心线 道路网 街路 streets highways",
    "barriers": "barrier 屏障 障碍 隔断 阻隔 河流铁路 水系 河流 铁路 围墙 waterways railways",
    "grids": "grid 网格 網格 现状网格 現狀網格 网格边界 单元网格 现行网格 基础网格 当前网格",
    "community_facts": (
        "community_fact 社区情况 社區情況 社区基本情况 社区工作情况 社区人员经费 社区台账 社区数据"
    ),
}
"""Layer → file, sheet and layer names that mean it."""

COLUMN_SPELLINGS: Mapping[str, str] = {
    "communities.code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 居委会代码 区划代码 统计用区划代码 "
        "行政区划代码 代码 代碼 编码 編碼 编号 編號 id community_code"
    ),
    "communities.name": (
        "社区名称 社區名稱 社区 社區 社区名 居委会名称 居委会 村居名称 名称 名稱 全称 全稱 title"
    ),
    "communities.street": "街道 街道名称 街道名稱 所属街道 乡镇 镇街 街镇 subdistrict town",
    "compounds.id": (
        "小区编号 小區編號 小区代码 小区编码 小区id compound_id 编号 編號 序号 序號 编码 編碼 "
        "代码 代碼 标识 唯一标识 no number"
    ),
    "compounds.name": ("小区名称 小區名稱 小区 小區 小区名 住宅小区名称 楼盘名称 名称 名稱 全称 全稱 title"),
    "compounds.community_code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 所属社区代码 所在社区代码 "
        "所属社区编码 所属社区 所屬社區 所在社区 community community_id communitycode "
        "社区名称 社區名稱 社区 社區"
    ),
    "compounds.households": (
        "户数 戶數 总户数 總戶數 户籍户数 住户数 住戶數 居民户数 常住户数 住宅户数 实有户数 "
        "居住户数 入住户数 家庭户数 household hh num_households household_count"
    ),
    "compounds.residents": (
        "人口 人口数 人口數 总人口 常住人口 实有人口 居民数 居民人数 居民數 常住人口数 人数 人數 "
        "resident population pop inhabitants"
    ),
    "compounds.elderly": (
        "老年人 老年人口 老年人数 老年人數 老人数 老人數 六十岁以上人口 60岁以上人口 60岁以上 60歲以上人口 "
        "seniors aged"
    ),
    "compounds.formal_members": (
        "正式党员 正式黨員 正式党员数 正式黨員數 党员数 黨員數 党员人数 正式党员人数 members"
    ),
    "compounds.property_company": ("物业公司 物業公司 物业 物業 物业企业 物业服务企业 物业单位 物业公司名称"),
    "compounds.owners_committee": (
        "业委会 業委會 业主委员会 業主委員會 是否成立业委会 业委会成立情况 是否有业委会"
    ),
    "buildings.id": (
        "楼栋编号 樓棟編號 楼栋代码 楼栋编码 楼栋号 幢号 栋号 楼号 building_id 建筑编号 编号 編號 "
        "序号 序號 编码 編碼 代码 代碼 标识 唯一标识 no number"
    ),
    "buildings.compound_id": (
        "小区编号 小區編號 小区代码 小区编码 所属小区编号 所属小区 所在小区 小区id compound"
    ),
    "buildings.households": (
        "户数 戶數 总户数 總戶數 户籍户数 住户数 住戶數 居民户数 常住户数 住宅户数 实有户数 "
        "居住户数 入住户数 家庭户数 household hh num_households household_count"
    ),
    "buildings.residents": (
        "人口 人口数 人口數 总人口 常住人口 实有人口 居民数 居民人数 居民數 常住人口数 人数 人數 "
        "resident population pop inhabitants"
    ),
    "buildings.elderly": (
        "老年人 老年人口 老年人数 老年人數 老人数 老人數 六十岁以上人口 60岁以上人口 60岁以上 60歲以上人口 "
        "seniors aged"
    ),
    "buildings.floors": "层数 層數 楼层 樓層 楼层数 总层数 地上层数 levels",
    "parcels.id": (
        "地块编号 地塊編號 地块代码 地块编码 宗地编号 单元编号 parcel_id 统计区编号 编号 編號 "
        "序号 序號 编码 編碼 代码 代碼 标识 唯一标识 no number"
    ),
    "parcels.households": (
        "户数 戶數 总户数 總戶數 户籍户数 住户数 住戶數 居民户数 常住户数 住宅户数 实有户数 "
        "居住户数 入住户数 家庭户数 household hh num_households household_count"
    ),
    "parcels.residents": (
        "人口 人口数 人口數 总人口 常住人口 实有人口 居民数 居民人数 居民數 常住人口数 人数 人數 "
        "resident population pop inhabitants"
    ),
    "parcels.elderly": (
        "老年人 老年人口 老年人数 老年人數 老人数 老人數 六十岁以上人口 60岁以上人口 60岁以上 60歲以上人口 "
        "seniors aged"
    ),
    "parcels.community_code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 所属社区代码 所在社区代码 "
        "所属社区编码 所属社区 所屬社區 所在社区 community community_id communitycode "
        "社区名称 社區名稱 社区 社區"
    ),
    "institutions.id": (
        "单位编号 單位編號 单位代码 机构编号 企业编号 institution_id 编号 編號 序号 序號 编码 "
        "編碼 代码 代碼 标识 唯一标识 no number"
    ),
    "institutions.name": "单位名称 單位名稱 单位 机构名称 企业名称 组织名称 名称 名稱 全称 全稱 title",
    "institutions.kind": "单位类型 單位類型 类型 類型 类别 類別 单位性质 机构类型 type",
    "institutions.sector": "行业 行業 所属行业 行业类别 行业门类 industry",
    "institutions.staff": ("职工人数 職工人數 员工数 员工人数 从业人数 从业人员 在职人数 职工数 employees"),
    "institutions.formal_members": (
        "正式党员 正式黨員 正式党员数 正式黨員數 党员数 黨員數 党员人数 正式党员人数 members"
    ),
    "institutions.community_code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 所属社区代码 所在社区代码 "
        "所属社区编码 所属社区 所屬社區 所在社区 community community_id communitycode "
        "社区名称 社區名稱 社区 社區"
    ),
    "institutions.cobuild": "共建协议 共建協議 是否共建 是否签订共建协议 共建单位 共建 cobuilding",
    "organisations.id": (
        "党组织编号 黨組織編號 组织编号 党组织代码 组织代码 organisation_id 编号 編號 序号 序號 "
        "编码 編碼 代码 代碼 标识 唯一标识 no number"
    ),
    "organisations.name": (
        "党组织名称 黨組織名稱 组织名称 组织全称 支部名称 党组织 名称 名稱 全称 全稱 title"
    ),
    "organisations.level": "党组织类型 黨組織類型 组织类别 组织类型 级别 級別 层级 类型",
    "organisations.formal_members": (
        "正式党员 正式黨員 正式党员数 正式黨員數 党员数 黨員數 党员人数 正式党员人数 members"
    ),
    "organisations.host_kind": "依托类型 依託類型 所属类型 建在 依托单位类型 设置类型",
    "organisations.host_id": "依托编号 依託編號 依托单位编号 所属编号 依托对象编号",
    "organisations.last_activity": (
        "最近活动 最近活動 最近活动日期 最近活动时间 最近一次活动 上次活动时间 活动日期"
    ),
    "venues.id": (
        "阵地编号 陣地編號 中心编号 场所编号 venue_id 编号 編號 序号 序號 编码 編碼 代码 代碼 "
        "标识 唯一标识 no number"
    ),
    "venues.name": "阵地名称 陣地名稱 中心名称 场所名称 站点名称 名称 名稱 全称 全稱 title",
    "venues.status": "状态 狀態 现状 建设状态 性质 是否已建",
    "venues.area_m2": "面积 面積 建筑面积 建築面積 使用面积 场所面积 area 面积平方米 建筑面积平方米",
    "venues.activity_m2": (
        "居民活动区域面积 居民活動區域面積 活动面积 活動面積 活动区域面积 居民活动面积 公共活动面积 "
        "activity_area"
    ),
    "venues.capacity": "容量 容纳人数 容納人數 服务能力 可容纳人数 接待能力",
    "venues.windows": "窗口 窗口数 窗口數 服务窗口 窗口数量",
    "venues.functions": "功能 服务功能 服務功能 功能分区 主要功能",
    "venues.services": "服务事项 服務事項 进驻事项 窗口事项 办理事项 服务项目 服务清单 进驻服务",
    "venues.hours": "开放时间 開放時間 服务时间 服務時間 开放时段 办公时间 工作时间 营业时间 opening_hours",
    "venues.staff": "工作人员 工作人員 工作人员数 工作人員數 人员配备 配备人数 专职人员 窗口人员",
    "venues.cost_build": "建设成本 建設成本 建设费用 建设投资 建设资金 改造费用 建设经费",
    "venues.cost_year": ("年运行成本 年運行成本 年运行费用 年运营成本 运行经费 年度费用 年费用 年度运行经费"),
    "venues.land_use": "用地性质 用地性質 土地用途 用地类型 用地类别",
    "roads.name": "道路名称 道路名稱 路名 道路 名称 名稱 全称 全稱 title",
    "roads.class": "道路等级 道路等級 等级 等級 道路类型 道路类别 级别 类型 highway fclass level",
    "barriers.kind": "类型 類型 类别 類別 屏障类型 type 要素类型",
    "grids.code": "网格代码 網格代碼 网格编码 網格編碼 网格编号 網格編號 代码 编码 编号 id grid_id",
    "grids.name": "网格名称 網格名稱 网格 网格名 名称 名稱 全称 全稱 title",
    "grids.kind": "网格类型 網格類型 类型 類型 网格类别",
    "grids.community_code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 所属社区代码 所在社区代码 "
        "所属社区编码 所属社区 所屬社區 所在社区 community community_id communitycode "
        "社区名称 社區名稱 社区 社區"
    ),
    "community_facts.community_code": (
        "社区代码 社區代碼 社区编码 社區編碼 社区编号 社區編號 所属社区代码 所在社区代码 "
        "所属社区编码 所属社区 所屬社區 所在社区 community community_id communitycode 代码 编码 "
        "编号 code"
    ),
    "community_facts.posts": "编制 編制 核定人数 岗位数 崗位數 核定岗位 核定编制 应配人数",
    "community_facts.filled": "在岗 在崗 在岗人数 在崗人數 实有人数 实配人数 到岗人数 社区工作者人数",
    "community_facts.grid_workers": (
        "网格员 網格員 网格员人数 網格員人數 专职网格员 專職網格員 专职网格员人数 在岗网格员"
    ),
    "community_facts.volunteers": "志愿者 志願者 志愿者人数 志愿者数 志愿者数量 注册志愿者",
    "community_facts.social_organisations": (
        "社会组织 社會組織 社会组织数 社会组织数量 社区社会组织 social_organizations"
    ),
    "community_facts.tasks": "事项 事項 事项数 任务数 办件量 工单数 年办件量",
    "community_facts.budget_personnel": "人员经费 人員經費 人员支出 工资福利 personnel",
    "community_facts.budget_operations": "办公经费 辦公經費 工作经费 运转经费 日常经费 operations",
    "community_facts.budget_venues": "阵地经费 陣地經費 场所经费 阵地建设经费 阵地运行经费 venue_costs",
    "community_facts.budget_activities": "活动经费 活動經費 党建活动经费 党组织活动经费 activities",
    "community_facts.budget_services": (
        "服务项目经费 服務項目經費 服务群众专项经费 为民服务经费 服务经费 service_projects"
    ),
    "community_facts.budget_technology": "信息化经费 資訊化經費 信息化建设经费 信息系统经费 智慧社区经费 it",
}
"""`layer.column` → headers that mean it."""

CHOICE_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "institutions.kind": {
        "enterprise": "企业 企業 公司 非公企业 非公有制企业 国企 国有企业 私营企业 company",
        "school": "学校 學校 中学 小学 幼儿园 大学 高校 kindergarten university college",
        "hospital": "医院 醫院 卫生院 社区卫生服务中心 诊所 clinic",
        "market": "市场 市場 菜市场 农贸市场 商场 超市 mall marketplace supermarket",
        "social_organisation": "社会组织 社會組織 社会团体 民办非企业 基金会 ngo social_organization",
        "government": "机关 機關 政府机关 党政机关 事业单位 事業單位 公共机构 public_institution",
        "park": "园区 園區 产业园 商务楼宇 楼宇 写字楼 office_building",
    },
    "organisations.level": {
        "branch": "支部 党支部 黨支部 支部委员会",
        "joint_branch": "联合支部 聯合支部 联合党支部 聯合黨支部 jointbranch",
        "general_branch": "总支 總支 党总支 黨總支 总支部 generalbranch",
        "committee": "党委 黨委 委员会 党委会 基层党委",
    },
    "organisations.host_kind": {
        "community": "社区 社區 居委会",
        "grid": "网格 網格",
        "compound": "小区 小區",
        "institution": "单位 單位 驻区单位 两新组织 企业 机构",
        "property_company": "物业 物業 物业公司 物业企业",
        "owners_committee": "业委会 業委會 业主委员会",
    },
    "venues.status": {
        "existing": "现状 現狀 已建 已有 现有 現有 在用 已建成 存量",
        "candidate": "候选 候選 备选 備選 拟建 擬建 规划 規劃 待建 新建 planned",
    },
    "roads.class": {
        "motorway": "高速 高速公路 高速路 motorway_link expressway freeway",
        "trunk": "快速路 快速 国道 國道 trunk_link 城市快速路 高架 高架路",
        "main": (
            "主干道 主幹道 主干路 主幹路 主路 干道 干路 主要道路 省道 primary primary_link "
            "secondary secondary_link 次干道 次干路 次幹道 arterial major"
        ),
        "street": (
            "支路 街 街道 城市支路 一般道路 次要道路 县道 乡道 tertiary tertiary_link "
            "unclassified residential road minor"
        ),
        "lane": ("巷 弄 里弄 胡同 小巷 巷道 小区道路 内部道路 村道 小路 alley service living_street track"),
        "path": (
            "步道 人行道 步行道 步行街 步行路 绿道 綠道 自行车道 台阶 footway pedestrian cycleway "
            "steps footpath bridleway"
        ),
    },
    "barriers.kind": {
        "river": "河 河流 河道 江 水系 水域 湖 湖泊 渠 运河 water stream canal",
        "railway": "铁路 鐵路 铁道 轨道 地铁 轻轨 rail railroad subway",
        "wall": "围墙 圍牆 墙 围栏 隔离带 fence hedge",
    },
    "grids.kind": {
        "base": "基础 基礎 基础网格 基礎網格 普通 普通网格 一般网格",
        "dedicated": "专属 專屬 专属网格 專屬網格 专门网格",
    },
}
"""`layer.column` → value → spellings that mean it."""

LONGITUDE_SPELLINGS = "lon lng long longitude x 经度 經度 东经 x坐标 点位经度 中心点经度"
LATITUDE_SPELLINGS = "lat latitude y 纬度 緯度 北纬 y坐标 点位纬度 中心点纬度"
WKT_SPELLINGS = "wkt geometry geom the_geom wkt_geom 几何 幾何"
